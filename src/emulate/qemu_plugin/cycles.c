// A plugin of QEMU (TCG plugin API 1, QEMU 4.2 to 8.x) that estimates the cycles of a Thumb firmware: every executed
// instruction costs what the class table of the target says (targets/<cpu>.json, cycle_model); or that counts instructions.
// Emulate loads it with `-plugin cycles.so,code=thumb,alu=1,mul=1,…` or with `…,code=riscv,count=1`; at exit it prints
// "cycles=" (all inferences) and one "layer_cycles=" a layer on the standard error.  It counts between the markers of
// firmware/cycle_markers.h only.
//
// How: when QEMU translates a block of instructions, their cost is summed once; when the block runs, the sum is added
// by one callback, and a block that does not begin where the last one ended was reached by a taken branch.
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- the part of QEMU's plugin interface that is used; its header is not packaged everywhere

typedef uint64_t QemuId;
typedef struct qemu_plugin_tb QemuBlock;
typedef struct qemu_plugin_insn QemuInstruction;
enum { kQemuNoRegisters = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(QemuId, void (*)(QemuId, QemuBlock*));
void qemu_plugin_register_vcpu_tb_exec_cb(QemuBlock*, void (*)(unsigned, void*), int flags, void*);
void qemu_plugin_register_vcpu_insn_exec_cb(QemuInstruction*, void (*)(unsigned, void*), int flags, void*);
void qemu_plugin_register_atexit_cb(QemuId, void (*)(QemuId, void*), void*);
size_t qemu_plugin_tb_n_insns(const QemuBlock*);
QemuInstruction* qemu_plugin_tb_get_insn(const QemuBlock*, size_t);
uint64_t qemu_plugin_tb_vaddr(const QemuBlock*);
const void* qemu_plugin_insn_data(const QemuInstruction*);
size_t qemu_plugin_insn_size(const QemuInstruction*);

#define EXPORT __attribute__((visibility("default")))
EXPORT extern const int qemu_plugin_version;
const int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(QemuId id, const void* info, int argc, char** argv);

// ---- classes and their costs

enum Class {
  kAlu,
  kMul,
  kMulAdd,      // MLA, MLS
  kMulLong,     // SMULL, UMULL
  kMulLongAdd,  // SMLAL, UMLAL
  kDiv,
  kLoad,         // one register; the next load costs load_after_load unless it needs this one's result
  kTableBranch,  // loads the branch's distance
  kStore,        // one register
  kMultiple,     // LDM, STM, PUSH, POP, LDRD, STRD, VLDM, …: multiple_base + transfers · multiple_each
  kBranch,       // not taken; the refill of a taken one is added when the block after it runs
  kFloat,
  kFloatTwice,  // VMOV of two core registers
  kFloatMac,
  kFloatDiv,
  kVector,   // MVE and other coprocessors
  kLoopEnd,  // low-overhead loops of Armv8.1-M
  kMarkBegin,
  kMarkLayer,
  kMarkEnd,
};

enum Cost {
  kCostAlu,
  kCostMul,
  kCostMulAdd,  // these three are `mul` where the table does not name them
  kCostMulLong,
  kCostMulLongAdd,
  kCostDiv,
  kCostLoad,
  kCostLoadAfterLoad,
  kCostStore,
  kCostMultipleBase,
  kCostMultipleEach,
  kCostBranch,
  kCostBranchTaken,
  kCostFloat,
  kCostFloatMac,
  kCostFloatDiv,
  kCostVector,
  kCostLoopEnd,
  kCosts
};
static const char* const kCostNames[kCosts] = {
    "alu",           "mul",    "mul_add",         "mul_long", "mul_long_add",
    "div",           "load",   "load_after_load", "store",    "multiple_base",
    "multiple_each", "branch", "branch_taken",    "float",    "float_mac",
    "float_div",     "vector", "loop_end"};
// Cycles by class.  A class that the table does not name is not a number, and so is any sum that it takes part in:
// the estimate is then absent, not wrong.
static double costs[kCosts];
static double float_twice;  // of the class kFloatTwice

// ---- decoding (Armv7-M Architecture Reference Manual, A5; first row that matches)

// What is to be read out of an instruction besides its class.
enum Form {
  kPlain,
  kList8,      // registers in bits 7…0
  kList9,      // registers in bits 8…0
  kList16,     // registers in bits 15…0
  kWords,      // words in bits 7…0
  kOne,        // one word
  kTwo,        // two words
  kNarrow,     // 16 bits: Rt 2…0, Rn 5…3
  kNarrowSum,  // 16 bits: Rt 2…0, Rn 5…3, Rm 8…6
  kNarrowTop,  // 16 bits: Rt 10…8, base SP or PC
  kWide,       // 32 bits: Rt 15…12, Rn 19…16, and in the register form Rm 3…0
  kWideFloat,  // 32 bits: base Rn 19…16, the result is no core register
};

typedef struct {
  uint32_t mask, value;
  enum Class kind;
  enum Form form;
} Row;

static const Row kRows16[] = {
    {0xFFFF, 0xBF80, kMarkBegin, kPlain},  // reserved hints, no operation on any core: cycle_markers.h
    {0xFFFF, 0xBF90, kMarkLayer, kPlain}, {0xFFFF, 0xBFA0, kMarkEnd, kPlain},
    {0xFFC0, 0x4340, kMul, kPlain},       // MULS
    {0xFF00, 0x4700, kBranch, kPlain},    // BX, BLX
    {0xF800, 0x4800, kLoad, kNarrowTop},  // LDR literal
    {0xFE00, 0x5600, kLoad, kNarrowSum},  // LDRSB
    {0xF800, 0x5800, kLoad, kNarrowSum},  // LDR, LDRH, LDRB, LDRSH with a register offset
    {0xF000, 0x5000, kStore, kPlain},     // STR, STRH, STRB with a register offset
    {0xE800, 0x6000, kStore, kPlain},     // STR, STRB
    {0xE800, 0x6800, kLoad, kNarrow},     // LDR, LDRB
    {0xF800, 0x8000, kStore, kPlain},     // STRH
    {0xF800, 0x8800, kLoad, kNarrow},     // LDRH
    {0xF800, 0x9000, kStore, kPlain},     // STR [SP]
    {0xF800, 0x9800, kLoad, kNarrowTop},  // LDR [SP]
    {0xF500, 0xB100, kBranch, kPlain},    // CBZ, CBNZ
    {0xFE00, 0xB400, kMultiple, kList9},  // PUSH
    {0xFE00, 0xBC00, kMultiple, kList9},  // POP
    {0xF000, 0xC000, kMultiple, kList8},  // STM, LDM
    {0xFE00, 0xDE00, kAlu, kPlain},       // UDF, SVC
    {0xF000, 0xD000, kBranch, kPlain},    // B<c>
    {0xF800, 0xE000, kBranch, kPlain},    // B
    {0x0000, 0x0000, kAlu, kPlain},       // all others: arithmetic, logic, shifts, moves, IT, hints
};

static const Row kRows32[] = {
    {0xFFF0FFE0, 0xE8D0F000, kTableBranch, kPlain},  // TBB, TBH
    {0xFFF00000, 0xE8400000, kStore, kPlain},        // STREX
    {0xFFF00000, 0xE8500000, kLoad, kWide},          // LDREX
    {0xFFF00000, 0xE8C00000, kStore, kPlain},        // STREXB, STREXH
    {0xFFF00000, 0xE8D00000, kLoad, kWide},          // LDREXB, LDREXH
    {0xFE400000, 0xE8400000, kMultiple, kTwo},       // LDRD, STRD
    {0xFE400000, 0xE8000000, kMultiple, kList16},    // LDM, STM, PUSH, POP
    {0xFE100000, 0xF8100000, kLoad, kWide},          // LDR, LDRB, LDRH, LDRSB, LDRSH
    {0xFF100000, 0xF8000000, kStore, kPlain},        // STR, STRB, STRH
    {0xFFD00000, 0xFB900000, kDiv, kPlain},          // SDIV, UDIV
    {0xFFF0F0F0, 0xFB00F000, kMul, kPlain},          // MUL
    {0xFFF000E0, 0xFB000000, kMulAdd, kPlain},       // MLA, MLS
    {0xFFD000F0, 0xFB800000, kMulLong, kPlain},      // SMULL, UMULL
    {0xFFD000F0, 0xFBC00000, kMulLongAdd, kPlain},   // SMLAL, UMLAL
    {0xFF000000, 0xFB000000, kMul, kPlain},          // the others: SMLAD, SMMUL, SMULBB, …
    {0xFF300F00, 0xED100A00, kLoad, kWideFloat},     // VLDR of 32 bits
    {0xFF300F00, 0xED100B00, kMultiple, kTwo},       // VLDR of 64 bits
    {0xFF300F00, 0xED000A00, kMultiple, kOne},       // VSTR of 32 bits: two cycles
    {0xFF300F00, 0xED000B00, kMultiple, kTwo},       // VSTR of 64 bits
    {0xFFE00E00, 0xEC400A00, kFloatTwice, kPlain},   // VMOV of two core registers
    {0xFE000E00, 0xEC000A00, kMultiple, kWords},     // VLDM, VSTM, VPUSH, VPOP
    {0xFFB00E10, 0xEE000A00, kFloatMac, kPlain},     // VMLA, VMLS
    {0xFFB00E10, 0xEE100A00, kFloatMac, kPlain},     // VNMLA, VNMLS
    {0xFFB00E50, 0xEE800A00, kFloatDiv, kPlain},     // VDIV
    {0xFFB00E10, 0xEE900A00, kFloatMac, kPlain},     // VFNMA, VFNMS
    {0xFFB00E10, 0xEEA00A00, kFloatMac, kPlain},     // VFMA, VFMS
    {0xFFBF0ED0, 0xEEB10AC0, kFloatDiv, kPlain},     // VSQRT
    {0xEF000E00, 0xEE000A00, kFloat, kPlain},        // VADD, VMUL, VCMP, VCVT, VMOV, VMRS, VSEL, …
    {0xEC000000, 0xEC000000, kVector, kPlain},       // other coprocessors, MVE
    {0xFB80D000, 0xF3808000, kAlu, kPlain},          // MSR, MRS, barriers, hints
    {0xF800D000, 0xF000C000, kLoopEnd, kPlain},      // DLS, WLS, LE
    {0xF8008000, 0xF0008000, kBranch, kPlain},       // B, B<c>, BL
    {0x00000000, 0x00000000, kAlu, kPlain},  // all others: data processing, saturation, SIMD without multiply
};

typedef struct {
  enum Class kind;
  unsigned transfers;        // words moved, of kMultiple
  uint32_t result, address;  // of a load: core registers written, and read for the address; a bit each
} Instruction;

static unsigned count_bits(uint32_t bits) { return (unsigned)__builtin_popcount(bits); }
static uint32_t register_at(uint32_t code, unsigned shift, uint32_t mask) {
  return 1u << (code >> shift & mask);
}

static Instruction decode(const Row* row, uint32_t code) {
  while ((code & row->mask) != row->value) ++row;  // the last row matches everything
  Instruction instruction = {row->kind, 0, 0, 0};
  switch (row->form) {
    case kPlain:
      break;
    case kList8:
    case kWords:
      instruction.transfers = row->form == kWords ? code & 0xFF : count_bits(code & 0xFF);
      break;
    case kList9:
      instruction.transfers = count_bits(code & 0x1FF);
      break;
    case kList16:
      instruction.transfers = count_bits(code & 0xFFFF);
      break;
    case kOne:
      instruction.transfers = 1;
      break;
    case kTwo:
      instruction.transfers = 2;
      break;
    case kNarrow:
    case kNarrowSum:
      instruction.result = register_at(code, 0, 7);
      instruction.address = register_at(code, 3, 7);
      if (row->form == kNarrowSum) instruction.address |= register_at(code, 6, 7);
      break;
    case kNarrowTop:
      instruction.result = register_at(code, 8, 7);
      break;
    case kWide:
      instruction.result = register_at(code, 12, 15);
      instruction.address = register_at(code, 16, 15);
      if ((code & 0x00800FC0) == 0) instruction.address |= register_at(code, 0, 15);
      break;
    case kWideFloat:
      instruction.address = register_at(code, 16, 15);
      break;
  }
  return instruction;
}

// Other instruction sets are counted, not told apart; the markers are hints that do nothing (cycle_markers.h).
static const Row kRowsRiscv[] = {
    {0xFFFFFFFF, 0x00102013, kMarkBegin, kPlain},  // SLTI zero, zero, 1
    {0xFFFFFFFF, 0x00202013, kMarkLayer, kPlain},
    {0xFFFFFFFF, 0x00302013, kMarkEnd, kPlain},
    {0x00000000, 0x00000000, kAlu, kPlain},
};
static const Row kRowsA64[] = {
    {0xFFFFFFFF, 0xD5032C1F, kMarkBegin, kPlain},  // HINT #96
    {0xFFFFFFFF, 0xD5032C3F, kMarkLayer, kPlain},
    {0xFFFFFFFF, 0xD5032C5F, kMarkEnd, kPlain},
    {0x00000000, 0x00000000, kAlu, kPlain},
};
static const Row* rows_of_words;  // of 32-bit little-endian instructions; null: Thumb

static Instruction decode_bytes(const uint8_t* bytes, size_t size) {
  if (rows_of_words != NULL) {
    const Instruction alu = {kAlu, 0, 0, 0};
    if (size != 4) return alu;
    return decode(rows_of_words,
                  bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24);
  }
  const uint32_t first = bytes[0] | (uint32_t)bytes[1] << 8;
  if (size == 2) return decode(kRows16, first);
  return decode(kRows32, first << 16 | bytes[2] | (uint32_t)bytes[3] << 8);
}

static double cost_of(const Instruction* instruction) {
  switch (instruction->kind) {
    case kAlu:
      return costs[kCostAlu];
    case kMul:
      return costs[kCostMul];
    case kMulAdd:
      return costs[kCostMulAdd];
    case kMulLong:
      return costs[kCostMulLong];
    case kMulLongAdd:
      return costs[kCostMulLongAdd];
    case kDiv:
      return costs[kCostDiv];
    case kLoad:
    case kTableBranch:
      return costs[kCostLoad];
    case kStore:
      return costs[kCostStore];
    case kMultiple:
      return costs[kCostMultipleBase] + instruction->transfers * costs[kCostMultipleEach];
    case kBranch:
      return costs[kCostBranch];
    case kFloat:
      return costs[kCostFloat];
    case kFloatTwice:
      return float_twice;
    case kFloatMac:
      return costs[kCostFloatMac];
    case kFloatDiv:
      return costs[kCostFloatDiv];
    case kVector:
      return costs[kCostVector];
    case kLoopEnd:
      return costs[kCostLoopEnd];
    case kMarkBegin:
    case kMarkLayer:
    case kMarkEnd:
      return 0;
  }
  return NAN;
}

// What the second of two neighbours costs less because their bus phases overlap.
static double overlap(const Instruction* first, const Instruction* second) {
  if (first->kind != kLoad || second->kind != kLoad || (first->result & second->address) != 0) return 0;
  return costs[kCostLoad] - costs[kCostLoadAfterLoad];
}

static double refill(void) { return costs[kCostBranchTaken] - costs[kCostBranch]; }

// ---- counting

typedef struct {
  uint64_t begin, end;  // addresses
  double cycles;        // entered from the top without a branch
  Instruction first, last;
} Block;

// An executed marker.  Its block's cycles are counted when the block begins, those behind the marker too early.
typedef struct {
  enum Class kind;
  double behind;
} Marker;

static double cycles;          // since the last begin marker, to the end of the current block
static uint64_t next_address;  // behind the current block
static Instruction last;       // of the current block

static double total;    // of all finished inferences
static double* layers;  // by layer, of all inferences
static size_t layer_count, layer_room;
static size_t layer;        // the current one
static double layer_begin;  // value of `cycles` when it began
static double probes;       // what the markers between the layers cost in this inference

static void enter_block(unsigned cpu, void* data) {
  (void)cpu;
  const Block* block = data;
  cycles += block->cycles;
  cycles += block->begin != next_address ? refill() : -overlap(&last, &block->first);
  next_address = block->end;
  last = block->last;
}

static void add_to_layer(double amount) {
  if (layer == layer_room) {
    layer_room = 2 * layer_room + 64;
    layers = realloc(layers, layer_room * sizeof *layers);
    if (layers == NULL) abort();
  }
  if (layer == layer_count) layers[layer_count++] = 0;
  layers[layer++] += amount;
}

static void pass_marker(unsigned cpu, void* data) {
  (void)cpu;
  const Marker* marker = data;
  if (marker->kind == kMarkBegin) {
    cycles = marker->behind;
    layer_begin = 0;
    probes = 0;
    layer = 0;
  } else if (marker->kind == kMarkLayer) {
    // The layer ended before the call of the marker's function: two arguments, BL.  The next begins behind its BX LR.
    const double call = 2 * costs[kCostAlu] + costs[kCostBranchTaken];
    const double layer_end = cycles - marker->behind - call;
    add_to_layer(layer_end - layer_begin);
    layer_begin = cycles + refill();
    probes += layer_begin - layer_end;
  } else {
    total += cycles - marker->behind - probes;
  }
}

static void* copy_of(const void* value, size_t bytes) {
  void* copy = malloc(bytes);
  if (copy == NULL) abort();
  return memcpy(copy, value, bytes);
}

// The blocks' records live as long as QEMU does: it may run a translated block at any time.
static void translate_block(QemuId id, QemuBlock* translated) {
  (void)id;
  const size_t count = qemu_plugin_tb_n_insns(translated);
  if (count == 0) return;
  Block block;
  memset(&block, 0, sizeof block);
  block.begin = block.end = qemu_plugin_tb_vaddr(translated);
  double* before = malloc(count * sizeof *before);  // cycles of the block before each instruction
  Instruction* code = malloc(count * sizeof *code);
  if (before == NULL || code == NULL) abort();
  for (size_t i = 0; i < count; ++i) {
    const QemuInstruction* instruction = qemu_plugin_tb_get_insn(translated, i);
    const size_t size = qemu_plugin_insn_size(instruction);
    code[i] = decode_bytes(qemu_plugin_insn_data(instruction), size);
    before[i] = block.cycles;
    block.cycles += cost_of(&code[i]) - (i > 0 ? overlap(&code[i - 1], &code[i]) : 0);
    block.end += size;
  }
  for (size_t i = 0; i < count; ++i) {
    if (code[i].kind < kMarkBegin) continue;
    const Marker marker = {code[i].kind, block.cycles - before[i]};
    qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_tb_get_insn(translated, i), pass_marker,
                                           kQemuNoRegisters, copy_of(&marker, sizeof marker));
  }
  block.first = code[0];
  block.last = code[count - 1];
  free(before);
  free(code);
  qemu_plugin_register_vcpu_tb_exec_cb(translated, enter_block, kQemuNoRegisters,
                                       copy_of(&block, sizeof block));
}

static void print_result(QemuId id, void* data) {
  (void)id;
  (void)data;
  if (isnan(total)) return;
  fprintf(stderr, "cycles=%.3f\n", total);
  for (size_t i = 0; i < layer_count; ++i) fprintf(stderr, "layer_cycles=%.3f\n", layers[i]);
}

// The value behind "name=", null if it is not among the arguments.
static const char* value_of(const char* name, int argc, char** argv) {
  const size_t length = strlen(name);
  for (int i = 0; i < argc; ++i) {
    if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=') return argv[i] + length + 1;
  }
  return NULL;
}

// Arguments: the instruction set, and class=cycles; unknown classes are those of other plugins' cores and ignored.  Or
// count=1: every instruction costs 1, however many registers it moves.
int qemu_plugin_install(QemuId id, const void* info, int argc, char** argv) {
  (void)info;
  const char* code = value_of("code", argc, argv);
  if (code != NULL && strcmp(code, "riscv") == 0) rows_of_words = kRowsRiscv;
  if (code != NULL && strcmp(code, "a64") == 0) rows_of_words = kRowsA64;
  const bool count = value_of("count", argc, argv) != NULL;
  for (int cost = 0; cost < kCosts; ++cost) {
    const char* value = value_of(kCostNames[cost], argc, argv);
    const bool multiply = cost == kCostMulAdd || cost == kCostMulLong || cost == kCostMulLongAdd;
    costs[cost] = value != NULL ? strtod(value, NULL) : multiply ? costs[kCostMul] : NAN;
    if (count) costs[cost] = cost == kCostMultipleEach ? 0 : 1;
  }
  float_twice = count ? 1 : 2 * costs[kCostFloat];
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate_block);
  qemu_plugin_register_atexit_cb(id, print_result, NULL);
  return 0;
}
