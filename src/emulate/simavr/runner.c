// Runs an AVR firmware in simavr and serves its harness (firmware/avr/startup.cpp): files of the host, text, exit, and
// the marks between which cycles are counted.  Emulate starts it as `mote_simavr MCU firmware.elf`; at exit it prints
// "cycles=" (all inferences) and one "layer_cycles=" a layer on the standard error.
//
// The firmware asks by three I/O registers that are there for the program's own use: GPIOR1 and GPIOR2 hold the address of
// an argument block, writing an operation to GPIOR0 carries it out.  Answers come back in the block's first word.  No
// cycles pass meanwhile.
#include <inttypes.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <simavr/sim_io.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  kGpior0 = 0x3E,
  kGpior1 = 0x4A,
  kGpior2 = 0x4B
};  // data addresses, the same on ATmega328P and ATmega2560

// As in firmware/avr/startup.cpp and firmware/cycle_markers.h.
enum Operation {
  kPrint = 1,
  kExit = 2,
  kOpen = 3,
  kRead = 4,
  kWrite = 5,
  kClose = 6,
  kMarkBegin = 16,
  kMarkLayer = 17,
  kMarkEnd = 18
};
enum { kFault = 99, kFiles = 8, kOpenRead = 1 };

static FILE* files[kFiles];
static bool ended;
static int exit_code;

static uint64_t begin, layer_begin;  // cycle behind the mark
static uint64_t total;               // of all finished inferences
static uint64_t* layers;             // by layer, of all inferences
static size_t layer, layer_count, layer_room;

static void fail(const char* what) {
  fprintf(stderr, "the firmware's harness: %s\n", what);
  exit(kFault);
}

// `count` bytes of the data memory, which the firmware may name.
static uint8_t* memory(const avr_t* avr, uint32_t address, uint32_t count) {
  if (address < 0x100 || address + count > (uint32_t)avr->ramend + 1) fail("an address outside of RAM");
  return avr->data + address;
}

static uint16_t word(const uint8_t* bytes, int index) {
  return (uint16_t)(bytes[2 * index] | bytes[2 * index + 1] << 8);
}

static const char* text(const avr_t* avr, uint16_t address) {
  const uint8_t* first = memory(avr, address, 1);
  if (memchr(first, 0, (size_t)avr->ramend + 1 - address) == NULL) fail("a text without an end");
  return (const char*)first;
}

static FILE* file_of(uint16_t number) {
  if (number >= kFiles || files[number] == NULL) fail("a file that is not open");
  return files[number];
}

static uint16_t open_file(const char* path, uint16_t mode) {
  for (uint16_t i = 0; i < kFiles; ++i) {
    if (files[i] != NULL) continue;
    files[i] = fopen(path, mode == kOpenRead ? "rb" : "wb");
    return files[i] != NULL ? i : UINT16_MAX;
  }
  return UINT16_MAX;
}

// Words of the block: the file, then an address and a count, or a path and a mode.
static void serve(const avr_t* avr, enum Operation operation, uint16_t argument) {
  uint8_t* block = memory(avr, argument, 6);
  uint16_t answer = 0;
  if (operation == kOpen) {
    answer = open_file(text(avr, word(block, 1)), word(block, 2));
  } else if (operation == kClose) {
    fclose(file_of(word(block, 0)));
    files[word(block, 0)] = NULL;
  } else {
    FILE* file = file_of(word(block, 0));
    uint8_t* bytes = memory(avr, word(block, 1), word(block, 2));
    answer = (uint16_t)(operation == kRead ? fread(bytes, 1, word(block, 2), file)
                                           : fwrite(bytes, 1, word(block, 2), file));
  }
  block[0] = (uint8_t)answer;
  block[1] = (uint8_t)(answer >> 8);
}

static void add_to_layer(uint64_t cycles) {
  if (layer == layer_room) {
    layer_room = 2 * layer_room + 64;
    layers = realloc(layers, layer_room * sizeof *layers);
    if (layers == NULL) abort();
  }
  if (layer == layer_count) layers[layer_count++] = 0;
  layers[layer++] += cycles;
}

// A mark is LDI and OUT, a cycle each; avr->cycle is that before OUT.
static void pass_mark(const avr_t* avr, enum Operation mark) {
  const uint64_t before = avr->cycle - 1, behind = avr->cycle + 1;
  // The layer ended before the call of the function that marks it: three instructions for its arguments, CALL.  The next
  // begins behind its RET.  Both take as many cycles as an address has bytes, and two.
  const uint64_t call = (uint64_t)avr->address_size + 2;
  if (mark == kMarkBegin) {
    begin = layer_begin = behind;
    layer = 0;
  } else if (mark == kMarkLayer) {
    const uint64_t layer_end = before - call - 3;
    add_to_layer(layer_end > layer_begin ? layer_end - layer_begin : 0);
    layer_begin = behind + call;
  } else {
    total += before - begin;
  }
}

static void write_operation(struct avr_t* avr, avr_io_addr_t address, uint8_t value, void* parameter) {
  (void)parameter;
  avr->data[address] = value;
  const uint16_t argument = (uint16_t)(avr->data[kGpior1] | avr->data[kGpior2] << 8);
  switch ((enum Operation)value) {
    case kPrint:
      fputs(text(avr, argument), stderr);
      return;
    case kExit:
      exit_code = avr->data[kGpior1];
      ended = true;
      return;
    case kOpen:
    case kRead:
    case kWrite:
    case kClose:
      serve(avr, (enum Operation)value, argument);
      return;
    case kMarkBegin:
    case kMarkLayer:
    case kMarkEnd:
      pass_mark(avr, (enum Operation)value);
      return;
  }
  fail("an unknown operation");
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fputs("usage: mote_simavr MCU firmware.elf\n", stderr);
    return 2;
  }
  avr_t* avr = avr_make_mcu_by_name(argv[1]);
  if (avr == NULL) fail("simavr does not know the chip");
  avr_init(avr);
  elf_firmware_t firmware;
  memset(&firmware, 0, sizeof firmware);
  if (elf_read_firmware(argv[2], &firmware) != 0) fail("the image cannot be read");
  avr_load_firmware(avr, &firmware);
  avr_register_io_write(avr, kGpior0, write_operation, NULL);
  while (!ended) {
    const int state = avr_run(avr);
    if (state == cpu_Done || state == cpu_Crashed) return kFault;
  }
  for (int i = 0; i < kFiles; ++i) {
    if (files[i] != NULL) fclose(files[i]);
  }
  fprintf(stderr, "cycles=%" PRIu64 "\n", total);
  for (size_t i = 0; i < layer_count; ++i) fprintf(stderr, "layer_cycles=%" PRIu64 "\n", layers[i]);
  return exit_code;
}
