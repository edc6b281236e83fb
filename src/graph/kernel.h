// What runs.  A KernelCall is one call of one kernel with every argument decided, on canonical weights,
// knowing no target: the narrow waist of mote.  Ops lower to it; `plan` picks for each call a KernelVariant
// that the target has, packs its weights and gives its buffers addresses; `codegen` prints that plan; `sim`
// follows it on the host.
//
// A KernelVariant is one file, src/kernels/<family>/<variant>.cpp, beside the device source that it describes
// (device/mote/nn/<family>/…).  Each family has a variant named "reference": plain, never optimised, judge of the others.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "graph/graph.h"
#include "graph/op.h"

namespace mote {

struct Isa;     // targets/target.h
struct Target;  // targets/target.h

/// The kernel's name, which is its device function's: "conv2d_s8".  A contract (arguments, arithmetic), not an implementation.
using KernelId = std::string;

// ---- parameters

/// A Params struct of the device by field: name, C type, value.  Never raw bytes (AVR has 16-bit pointers and
/// `int`s). Made from the struct itself, whose X-macro gives it `each_field` (device/mote/base/params.h).
struct ParamBlock {
  using Value = std::variant<std::int64_t, float>;
  struct Field {
    std::string name;
    std::string type;  ///< "int32_t", "float"
    Value value;
    bool operator==(const Field&) const = default;
  };
  std::string type;  ///< "Conv2dS8Params"
  std::vector<Field> fields;
  bool operator==(const ParamBlock&) const = default;
  const Value& at(std::string_view name) const;
};

namespace detail {
struct FieldWriter {
  ParamBlock& block;
  template <class T>
  void operator()(const char* type, const char* name, const T& value) const {
    if constexpr (std::is_floating_point_v<T>)
      block.fields.push_back({name, type, static_cast<float>(value)});
    else
      block.fields.push_back({name, type, static_cast<std::int64_t>(value)});
  }
};
struct FieldReader {
  const ParamBlock& block;
  std::size_t* next;
  template <class T>
  void operator()(const char*, const char*, T& value) const {
    std::visit([&](auto v) { value = static_cast<T>(v); }, block.fields[(*next)++].value);
  }
};
}  // namespace detail

/// Device struct → fields, and back.
template <class Params>
ParamBlock to_block(Params params) {
  ParamBlock block{Params::type_name(), {}};
  params.each_field(detail::FieldWriter{block});
  return block;
}
template <class Params>
Params from_block(const ParamBlock& block) {
  MOTE_CHECK(block.type == Params::type_name(), "a parameter block of another kernel");
  Params params{};
  std::size_t next = 0;
  params.each_field(detail::FieldReader{block, &next});
  return params;
}

// ---- arguments

/// A constant as a kernel reads it: typed bytes, and what they are for (they are counted and printed by role).
struct Constant {
  enum class Role : std::uint8_t { Weights, Requant, Table };
  std::string name;  ///< "conv1_weights": becomes the array's name in the generated source
  DType dtype = DType::S8;
  Shape shape;
  Bytes bytes;  ///< little-endian
  Role role = Role::Weights;
  bool plain = false;  ///< read through `const T*` instead of Rom<T>: on AVR it lies in RAM
};

/// One argument, in the order of the device function's parameters.
struct Arg {
  /// An activation that is read.
  struct In {
    TensorId tensor;
  };
  /// An activation that is written.
  struct Out {
    TensorId tensor;
  };
  /// A constant; null: absent, the kernel gets a null pointer.
  struct Rom {
    std::shared_ptr<const Constant> constant;
  };
  /// Scratch: its content is undefined before and after.
  struct Temp {
    std::size_t bytes;
  };
  /// Read and written, kept between inferences.
  struct State {
    StateId state;
  };
  DType dtype = DType::S8;  ///< of the pointer
  std::variant<In, Out, Rom, Temp, State> what;
};

struct KernelCall {
  KernelId kernel;
  ParamBlock params;
  std::vector<Arg> args;
};

template <class T>
Arg rom_arg(std::string name, DType dtype, Shape shape, const std::vector<T>& values, Constant::Role role) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  Constant constant{std::move(name), dtype, std::move(shape), Bytes(first, first + values.size() * sizeof(T)),
                    role};
  return Arg{dtype, Arg::Rom{std::make_shared<const Constant>(std::move(constant))}};
}

// ---- variants

/// What the host has proved about a call by looking at its constants: the licence for faster arithmetic.
struct Facts {
  /// Over all inputs, all partial sums
  std::int64_t accumulator_min = INT64_MIN, accumulator_max = INT64_MAX;
  int shift_min = -31, shift_max = 30;  ///< of the requantize table
};

/// A call after packing: what really goes into flash and into the device function.
struct Packed {
  ParamBlock params;
  std::vector<Arg> args;  ///< as the device function takes them; Temp sizes are for the target
  Storage storage = Storage::Dense;
};

/// When an output may lie over an input.  Forward (rows are written upwards): safe when the output starts at
/// least `min_distance` bytes below the input's start; 0: exactly over it or anywhere below; negative: even
/// that far above. Backward: the same of the ends, mirrored.
struct Overlap {
  enum class Direction : std::uint8_t { Forward, Backward };
  int in = -1, out = -1;  ///< argument indices; −1: no overlap allowed
  std::int64_t min_distance = 0;
  Direction direction = Direction::Forward;
  int last_in = -1;  ///< the same holds for inputs in … last_in, apart and together; −1: for `in` alone
};

struct Cost {
  double instructions = 0;      ///< per inference, on the target
  double cycles_estimated = 0;  ///< class table of the core, zero wait states; never called "measured"
  std::size_t flash_bytes = 0;  ///< of code, when this call is the first to need it
};

/// Host addresses of a call's arguments, in order; null where the argument is absent.
using Buffers = std::span<void* const>;

struct KernelVariant {
  KernelId kernel;
  std::string_view name;      ///< "reference", "dsp", "mve"; unique within the kernel
  std::string_view header;    ///< device source, "mote/nn/conv2d/conv2d_s8.h"
  std::string_view function;  ///< in namespace mote; called as function(params, args…)

  bool (*needs)(const Isa&) = nullptr;                      ///< null: runs everywhere
  bool (*fits)(const KernelCall&, const Facts&) = nullptr;  ///< null: every call
  Facts (*facts)(const KernelCall&) = nullptr;  ///< only the reference variant has it; null: nothing known
  Packed (*pack)(const KernelCall&) = nullptr;  ///< null: canonical weights as they are
  /// Bytes of a last argument `void* scratch`; null: it takes none
  std::size_t (*scratch)(const KernelCall&) = nullptr;
  Overlap (*overlap)(const KernelCall&) = nullptr;  ///< null: none
  /// Input rows for output rows; null: needs the whole, or where it has a `band`, the same rows
  RowSpan (*rows)(const KernelCall&, RowSpan out) = nullptr;
  /// The call for output rows `out` of `all` alone: its inputs are what `rows` names, clipped to the image.  Of one
  /// image (batch 1); the reference variant is asked; null: all rows at once
  KernelCall (*band)(const KernelCall&, RowSpan out, std::int32_t all) = nullptr;
  Cost (*cost)(const KernelCall&, const Target&) = nullptr;
  /// The call's own source text; null: a plain call of `function`
  std::string (*emit)(const KernelCall&) = nullptr;
  void (*run)(const Packed&, Buffers) = nullptr;  ///< on the host; null: cannot run there
};

/// All variants, in order of their files' names.
std::span<const KernelVariant* const> kernel_registry();
/// The reference variant of a kernel; that it exists is tested.
const KernelVariant& reference_of(const KernelId& kernel);

/// A file of src/kernels defines its variant with this; the name is the path below src/kernels, '/' as '_'.
#define MOTE_KERNEL_VARIANT(file) const ::mote::KernelVariant& mote_kernel_##file()

}  // namespace mote
