#include "app/eval_data.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "app/model_cases.h"
#include "base/system.h"
#include "data/image.h"
#include "data/reader.h"
#include "sim/sim.h"

namespace mote {
namespace fs = std::filesystem;
using text::cat;

std::size_t CaseLabels::count() const {
  switch (kind) {
    case Kind::Whole:
      return whole.size();
    case Kind::Real:
      return per_case == 0 ? 0 : reals.size() / per_case;
    case Kind::Words:
      return words.size();
    case Kind::None:
      break;
  }
  return 0;
}

// ---- tensors

namespace {

struct Range {
  double low, high;
};
std::optional<Range> integer_range(DType dtype) {
  switch (dtype) {
    case DType::S8:
      return Range{-128, 127};
    case DType::U8:
      return Range{0, 255};
    case DType::S16:
      return Range{-32768, 32767};
    case DType::S32:
      return Range{-2147483648.0, 2147483647.0};
    case DType::Bool:
      return Range{0, 1};
    default:
      return std::nullopt;
  }
}

/// Sim converts these two as the device does.
bool sim_converts(const Tensor& tensor) {
  return tensor.type.dtype == DType::F32 || (tensor.type.dtype == DType::S8 && tensor.quant);
}

double scale_of(const Tensor& tensor) {
  return tensor.quant ? static_cast<double>(tensor.quant.scale[0]) : 1;
}
double zero_of(const Tensor& tensor) { return tensor.quant ? tensor.quant.zero_point[0] : 0; }

}  // namespace

std::vector<float> reals_of(const Tensor& tensor, std::span<const std::uint8_t> bytes) {
  if (sim_converts(tensor)) return to_reals(tensor, bytes);
  const NpyArray array{npy_type(tensor.type.dtype), {tensor.type.count()}, Bytes(bytes.begin(), bytes.end())};
  std::vector<float> values = to_floats(array);
  for (float& value : values) value = static_cast<float>((value - zero_of(tensor)) * scale_of(tensor));
  return values;
}

Bytes bytes_of_reals(const Tensor& tensor, std::span<const float> values) {
  if (sim_converts(tensor)) return to_tensor_bytes(tensor, values);
  const Range range = *integer_range(tensor.type.dtype);
  const std::size_t width = bytes_of(tensor.type.dtype);
  Bytes bytes(values.size() * width);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double q = std::round(static_cast<double>(values[i]) / scale_of(tensor)) + zero_of(tensor);
    const auto element = static_cast<std::int64_t>(std::clamp(q, range.low, range.high));
    for (std::size_t b = 0; b < width; ++b)
      bytes[i * width + b] = static_cast<std::uint8_t>(element >> (8 * b));
  }
  return bytes;
}

// ---- arrays

Result<NpyArray> read_npy_file(const std::string& file) {
  MOTE_TRY(const Bytes bytes, read_file(file));
  auto array = read_npy(bytes);
  if (!array) return array.error().in(file);
  return array;
}

namespace {

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string out;
  for (const std::int64_t extent : shape) out += cat(out.empty() ? "" : ",", extent);
  return cat("[", out, "]");
}

template <class Extents>
std::vector<std::int64_t> without_ones(const Extents& shape) {
  std::vector<std::int64_t> out;
  for (const auto extent : shape) {
    if (extent != 1) out.push_back(extent);
  }
  return out;
}

}  // namespace

Result<void> check_shape(const std::string& file, const NpyArray& array, const Tensor& tensor) {
  if (array.shape.empty() || array.count() == 0)
    return error(cat(file, ": is empty, ", shape_text(array.shape)), "the leading axis is the case");
  const std::span<const std::int64_t> rest = std::span(array.shape).subspan(1);
  const std::vector<std::int64_t> have = without_ones(rest), want = without_ones(tensor.type.shape);
  const bool flat = have.size() == 1 && have[0] == tensor.type.count();
  const bool bare = have.empty() && tensor.type.count() == 1;
  if (flat || bare || have == want) return {};
  std::string hint = "the leading axis is the case, the others are the tensor's";
  if (std::vector<std::int64_t> a = have, b = want; a.size() == 3) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    if (a == b)
      hint = "the same extents in another order: channels come last, numpy.transpose(x, (0, 2, 3, 1))";
  } else if (const auto whole = without_ones(array.shape); whole == want) {
    hint = "a single case needs a leading axis of 1: x[None]";
  }
  return error(cat(file, ": is ", shape_text(array.shape), ", a case of '", tensor.name, "' is ",
                   to_text(tensor.type.shape)),
               hint);
}

Result<void> check_finite(const std::string& file, std::span<const float> values, std::size_t per_case) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    const std::size_t size = std::max<std::size_t>(per_case, 1);
    return error(cat(file, ": case ", i / size, ", element ", i % size, " is ",
                     std::isnan(values[i]) ? "NaN" : "infinite"),
                 "take such cases out, or replace the values");
  }
  return {};
}

namespace {

/// One model input of all cases: as bytes and as reals.
struct InputColumn {
  std::uint32_t count = 0;
  Bytes bytes;
  std::vector<float> reals;
  std::string conversion;
};

double scale_option(const EvalRequest& request) { return request.scale.value_or(1); }
double offset_option(const EvalRequest& request) { return request.offset.value_or(0); }
bool has_conversion(const EvalRequest& request) { return request.scale || request.offset; }

std::string conversion_text(const EvalRequest& request) {
  return cat("real = (value − ", text::shortest(offset_option(request)), ") · ",
             text::shortest(scale_option(request)));
}

Result<void> check_convertible(const std::string& file, const Tensor& tensor) {
  if (sim_converts(tensor) || integer_range(tensor.type.dtype)) return {};
  return error(
      cat(file, ": real values cannot become '", tensor.name, "', which is ", name_of(tensor.type.dtype)),
      "give a .npy of that type");
}

InputColumn quantized(const Tensor& tensor, std::vector<float> reals, std::uint32_t count) {
  InputColumn column;
  column.count = count;
  const std::size_t size = static_cast<std::size_t>(tensor.type.count());
  for (std::uint32_t i = 0; i < count; ++i) {
    const Bytes one = bytes_of_reals(tensor, {reals.data() + i * size, size});
    column.bytes.insert(column.bytes.end(), one.begin(), one.end());
  }
  column.reals = std::move(reals);
  return column;
}

Result<InputColumn> input_from_array(const std::string& file, const Tensor& tensor,
                                     const EvalRequest& request) {
  MOTE_TRY(const NpyArray array, read_npy_file(file));
  MOTE_TRY_VOID(check_shape(file, array, tensor));
  const auto count = static_cast<std::uint32_t>(array.count() / tensor.type.count());
  const std::string own = npy_type(tensor.type.dtype);
  const bool real = text::starts_with(array.dtype, "<f");
  if (array.dtype == own && !has_conversion(request) && !real) {
    InputColumn column{count, array.data, {}, cat(name_of(tensor.type.dtype), " as it is")};
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto one = reals_of(tensor, {array.data.data() + i * tensor.type.bytes(), tensor.type.bytes()});
      column.reals.insert(column.reals.end(), one.begin(), one.end());
    }
    return column;
  }
  if (!real && !has_conversion(request)) {
    return error(
        cat(file, ": holds '", array.dtype, "', the model's input '", tensor.name, "' is '", own, "'"),
        cat("give '", own,
            "' or float32, or say what the numbers are worth: --offset O --scale S makes them "
            "real = (value − O) · S"));
  }
  MOTE_TRY_VOID(check_convertible(file, tensor));
  std::vector<float> values = to_floats(array);
  MOTE_TRY_VOID(check_finite(file, values, static_cast<std::size_t>(tensor.type.count())));
  for (float& value : values)
    value = static_cast<float>((static_cast<double>(value) - offset_option(request)) * scale_option(request));
  InputColumn column = quantized(tensor, std::move(values), count);
  column.conversion = has_conversion(request) ? conversion_text(request) : "real values as they are";
  return column;
}

// ---- labels

Result<CaseLabels> labels_from_cells(const std::string& source, const std::vector<std::string>& cells) {
  CaseLabels labels;
  labels.source = source;
  bool whole = true, real = true;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string cell(text::trim(cells[i]));
    if (cell.empty())
      return error(cat(source, ": label ", i, " (from 0) is empty"), "every case needs a label");
    whole = whole && text::to_int(cell).has_value();
    real = real && text::to_double(cell).has_value();
  }
  labels.kind = whole ? CaseLabels::Kind::Whole : real ? CaseLabels::Kind::Real : CaseLabels::Kind::Words;
  for (const std::string& untrimmed : cells) {
    const std::string cell(text::trim(untrimmed));
    if (whole) labels.whole.push_back(*text::to_int(cell));
    if (!whole && real) labels.reals.push_back(static_cast<float>(*text::to_double(cell)));
    if (!real) labels.words.push_back(cell);
  }
  return labels;
}

Result<CaseLabels> labels_from_array(const std::string& file) {
  MOTE_TRY(const NpyArray array, read_npy_file(file));
  if (array.shape.empty() || array.count() == 0)
    return error(cat(file, ": has no labels"), "one for each case");
  CaseLabels labels;
  labels.source = file;
  labels.per_case = static_cast<std::size_t>(array.count() / array.shape[0]);
  const std::vector<float> values = to_floats(array);
  if (text::starts_with(array.dtype, "<f")) {
    MOTE_TRY_VOID(check_finite(file, values, labels.per_case));
    labels.kind = CaseLabels::Kind::Real;
    labels.reals = values;
    return labels;
  }
  labels.kind = CaseLabels::Kind::Whole;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::fabs(values[i]) > 16777216)
      return error(cat(file, ": label ", i, " is too large to be a class"), "classes count from 0");
    labels.whole.push_back(static_cast<std::int64_t>(values[i]));
  }
  return labels;
}

Result<std::size_t> column_of(const Table& table, const std::string& wanted) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), wanted);
  if (found != table.columns.end()) return static_cast<std::size_t>(found - table.columns.begin());
  return error(cat(table.file, ": has no column '", wanted, "'"), text::suggest(wanted, table.columns));
}

std::vector<std::string> cells_of(const Table& table, std::size_t column) {
  std::vector<std::string> cells;
  for (std::size_t r = 0; r < table.rows.size(); ++r) cells.emplace_back(table.rows[r][column]);
  return cells;
}

Result<Table> read_table(const std::string& file) {
  MOTE_TRY(const std::string content, read_text(file));
  return parse_csv(content, file);
}

Result<CaseLabels> read_labels(const EvalRequest& request) {
  const std::string& file = request.labels;
  const std::string ending = text::lower(fs::path(file).extension().string());
  if (ending == ".npy") return labels_from_array(file);
  if (ending == ".csv") {
    MOTE_TRY(const Table table, read_table(file));
    std::size_t column = table.columns.size() - 1;
    if (!request.label_column.empty()) {
      MOTE_TRY(column, column_of(table, request.label_column));
    }
    auto labels = labels_from_cells(file, cells_of(table, column));
    if (labels && text::to_double(table.columns[column]) && labels->kind != CaseLabels::Kind::Words)
      return error(cat(file, ": starts with '", table.columns[column], "' where a column's name belongs"),
                   "the first line of a .csv names its columns; a .txt has a label a line and no names");
    return labels;
  }
  if (ending == ".txt") {
    MOTE_TRY(const std::string content, read_text(file));
    std::vector<std::string> lines = text::split(content, '\n');
    while (!lines.empty() && text::trim(lines.back()).empty()) lines.pop_back();
    if (lines.empty()) return error(cat(file, ": has no labels"), "one a line");
    return labels_from_cells(file, lines);
  }
  return usage_error(cat("--labels ", file, ": '", ending, "' is not a kind of labels"),
                     ".npy, .csv or .txt");
}

// ---- tables

/// "s0..s124, hr": columns by name, ranges of numbered ones; none given: all but the label.
Result<std::vector<std::size_t>> value_columns(const Table& table, const std::string& wanted,
                                               std::optional<std::size_t> label) {
  std::vector<std::size_t> columns;
  if (wanted.empty()) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (c != label) columns.push_back(c);
    }
    return columns;
  }
  for (const std::string& part : text::split(wanted, ',')) {
    const std::string name(text::trim(part));
    const std::size_t dots = name.find("..");
    if (dots == std::string::npos) {
      MOTE_TRY(const std::size_t column, column_of(table, name));
      columns.push_back(column);
      continue;
    }
    const std::string first = name.substr(0, dots), last = name.substr(dots + 2);
    const std::string stem = first.substr(0, first.find_first_of("0123456789"));
    const auto low = text::to_int(first.substr(stem.size()));
    const auto high = text::starts_with(last, stem) ? text::to_int(last.substr(stem.size())) : std::nullopt;
    if (!low || !high || *low > *high || *high - *low >= static_cast<std::int64_t>(table.columns.size()))
      return usage_error(cat("--columns: '", name, "' is not a range of the columns of ", table.file),
                         "as in s0..s124");
    for (std::int64_t i = *low; i <= *high; ++i) {
      MOTE_TRY(const std::size_t column, column_of(table, cat(stem, i)));
      columns.push_back(column);
    }
  }
  return columns;
}

Result<EvalData> from_table(const Module& module, const EvalRequest& request) {
  const Graph& graph = module.main();
  const std::string& file = request.data.front();
  MOTE_TRY(const Table table, read_table(file));
  if (table.rows.empty()) return error(cat(file, ": has no rows"), "a row is a case");
  EvalData data;
  std::optional<std::size_t> label;
  if (request.labels.empty() || (!request.label_column.empty() && request.labels == file)) {
    label = table.columns.size() - 1;
    if (!request.label_column.empty()) {
      MOTE_TRY(label, column_of(table, request.label_column));
    }
    MOTE_TRY(data.labels,
             labels_from_cells(cat(file, ", column '", table.columns[*label], "'"), cells_of(table, *label)));
  }
  std::size_t wanted = 0;
  for (const GraphInput& input : graph.inputs)
    wanted += static_cast<std::size_t>(graph.tensor(input.tensor).type.count());
  MOTE_TRY(const std::vector<std::size_t> columns, value_columns(table, request.columns, label));
  if (columns.size() != wanted) {
    return error(cat(file, ": has ", columns.size(), " columns of values",
                     label ? cat(" beside '", table.columns[*label], "'") : std::string(),
                     ", the model takes ", wanted),
                 "--columns s0..s124 says which, --label-column which is the label");
  }
  data.cases.count = static_cast<std::uint32_t>(table.rows.size());
  data.conversion = has_conversion(request) ? conversion_text(request) : "real values as they are";
  for (const GraphInput& input : graph.inputs)
    MOTE_TRY_VOID(check_convertible(file, graph.tensor(input.tensor)));
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    std::vector<float> values;
    for (const std::size_t c : columns) {
      const std::optional<double> cell = text::to_double(text::trim(table.rows[r][c]));
      if (!cell || !std::isfinite(*cell)) {
        return error(cat(file, ", row ", table.lines[r], ", column '", table.columns[c], "': '",
                         table.rows[r][c], "' is not a number"),
                     "take such rows out, or fill the cell");
      }
      values.push_back(static_cast<float>((*cell - offset_option(request)) * scale_option(request)));
    }
    std::size_t at = 0;
    for (const GraphInput& input : graph.inputs) {
      const Tensor& tensor = graph.tensor(input.tensor);
      const auto size = static_cast<std::size_t>(tensor.type.count());
      const Bytes bytes = bytes_of_reals(tensor, {values.data() + at, size});
      data.cases.bytes.insert(data.cases.bytes.end(), bytes.begin(), bytes.end());
      at += size;
    }
    data.reals.insert(data.reals.end(), values.begin(), values.end());
  }
  return data;
}

// ---- pictures

struct PictureSize {
  std::int32_t height = 0, width = 0, channels = 0;
};

Result<PictureSize> picture_size(const Graph& graph) {
  const Tensor& tensor = graph.tensor(graph.inputs.front().tensor);
  const Shape& shape = tensor.type.shape;
  if (graph.inputs.size() != 1)
    return error(cat("the model has ", graph.inputs.size(), " inputs; pictures can be the only one"),
                 "give .npy files");
  PictureSize size;
  if (shape.size() == 4) size = {shape[1], shape[2], shape[3]};
  if (shape.size() == 3) size = {shape[1], shape[2], 1};
  if (size.channels != 1 && size.channels != 3) {
    return error(cat("the model's input '", tensor.name, "' is ", to_text(shape), ", which is no picture"),
                 "[1, height, width, 1 or 3] takes pictures; for others give .npy");
  }
  return size;
}

/// What a byte of a picture is worth: by --offset and --scale, or over the whole range of the model's input.
std::vector<float> picture_values(const Tensor& tensor, const EvalRequest& request, std::string& conversion) {
  double low = 0, high = 1;
  const std::optional<Range> range = integer_range(tensor.type.dtype);
  if (range && tensor.quant) {
    low = (range->low - zero_of(tensor)) * scale_of(tensor);
    high = (range->high - zero_of(tensor)) * scale_of(tensor);
  }
  std::vector<float> values(256);
  for (int i = 0; i < 256; ++i) {
    const double value = has_conversion(request) ? (i - offset_option(request)) * scale_option(request)
                                                 : low + (high - low) * i / 255;
    values[static_cast<std::size_t>(i)] = static_cast<float>(value);
  }
  conversion = has_conversion(request) ? conversion_text(request)
                                       : cat("0 … 255 are ", text::shortest(static_cast<float>(low)), " … ",
                                             text::shortest(static_cast<float>(high)),
                                             range && tensor.quant ? ", the range of the model's input" : "");
  return values;
}

Result<EvalData> from_pictures(const Module& module, const EvalRequest& request) {
  const Graph& graph = module.main();
  const std::string& folder = request.data.front();
  const Tensor& tensor = graph.tensor(graph.inputs.front().tensor);
  MOTE_TRY(const PictureSize size, picture_size(graph));
  MOTE_TRY_VOID(check_convertible(folder, tensor));
  MOTE_TRY(std::vector<LabelledImage> files, list_labelled_images(folder));
  EvalData data;
  for (const LabelledImage& file : files) {
    if (data.labels.order.empty() || data.labels.order.back() != file.label)
      data.labels.order.push_back(file.label);
  }
  const auto wanted = static_cast<std::size_t>(request.samples.value_or(0));
  if (wanted > 0 && wanted < files.size()) {
    std::vector<LabelledImage> some;  // spread evenly, or the first class would be all
    for (std::size_t i = 0; i < wanted; ++i) some.push_back(files[i * files.size() / wanted]);
    files = std::move(some);
  }
  const std::vector<float> worth = picture_values(tensor, request, data.conversion);
  const std::size_t count = files.size(), elements = static_cast<std::size_t>(tensor.type.count());
  constexpr std::size_t most = std::size_t{1} << 30;
  if (count * elements > most)
    return error(cat(folder, ": ", count, " pictures of ", elements, " values do not fit into memory"),
                 "--samples N takes some");
  data.cases.count = static_cast<std::uint32_t>(count);
  data.cases.bytes.resize(count * tensor.type.bytes());
  data.reals.resize(count * elements);
  std::vector<std::optional<Error>> problems(count);
  parallel_for(static_cast<int>(count), [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    auto image = read_image(files[at].file, size.channels);
    if (!image) {
      problems[at] = image.error();
      return;
    }
    if ((image->width != size.width || image->height != size.height) && !request.resize) {
      problems[at] = error(cat(files[at].file.string(), ": is ", image->width, "×", image->height,
                               " pixels, the model takes ", size.width, "×", size.height),
                           "--resize makes them fit");
      return;
    }
    const Image fitting = resize(*image, size.width, size.height);
    float* reals = data.reals.data() + at * elements;
    for (std::size_t k = 0; k < elements; ++k) reals[k] = worth[fitting.pixels[k]];
    const Bytes bytes = bytes_of_reals(tensor, {reals, elements});
    std::copy(bytes.begin(), bytes.end(),
              data.cases.bytes.begin() + static_cast<std::ptrdiff_t>(at * bytes.size()));
  });
  for (const auto& problem : problems) {
    if (problem) return *problem;
  }
  data.labels.kind = CaseLabels::Kind::Words;
  data.labels.source = folder;
  for (const LabelledImage& file : files) data.labels.words.push_back(file.label);
  return data;
}

Result<EvalData> from_arrays(const Module& module, const EvalRequest& request) {
  const Graph& graph = module.main();
  if (request.data.size() != graph.inputs.size()) {
    return usage_error(
        cat(request.data.size(), " --data files are given, the model has ", graph.inputs.size(), " inputs"),
        "one .npy for each, in order");
  }
  EvalData data;
  std::vector<InputColumn> columns;
  for (std::size_t i = 0; i < request.data.size(); ++i) {
    MOTE_TRY(InputColumn column,
             input_from_array(request.data[i], graph.tensor(graph.inputs[i].tensor), request));
    if (i > 0 && column.count != columns[0].count)
      return error(cat(request.data[i], ": has ", column.count, " cases, ", request.data[0], " has ",
                       columns[0].count));
    data.conversion += (i == 0 ? "" : "; ") + column.conversion;
    columns.push_back(std::move(column));
  }
  data.cases.count = columns[0].count;
  if (columns.size() == 1) {
    data.cases.bytes = std::move(columns[0].bytes);
    data.reals = std::move(columns[0].reals);
    return data;
  }
  for (std::uint32_t c = 0; c < data.cases.count; ++c) {
    for (const InputColumn& column : columns) {
      const auto bytes = static_cast<std::ptrdiff_t>(column.bytes.size() / column.count);
      const auto reals = static_cast<std::ptrdiff_t>(column.reals.size() / column.count);
      data.cases.bytes.insert(data.cases.bytes.end(), column.bytes.begin() + c * bytes,
                              column.bytes.begin() + (c + 1) * bytes);
      data.reals.insert(data.reals.end(), column.reals.begin() + c * reals,
                        column.reals.begin() + (c + 1) * reals);
    }
  }
  return data;
}

/// The first `count` cases with their labels.
void keep_first(EvalData& data, std::uint32_t count) {
  const auto cut = [&](auto& values) { values.resize(values.size() / data.cases.count * count); };
  cut(data.cases.bytes);
  cut(data.reals);
  CaseLabels& labels = data.labels;
  if (labels.count() == data.cases.count) {
    cut(labels.whole);
    cut(labels.reals);
    cut(labels.words);
  }
  data.cases.count = count;
}

}  // namespace

Result<void> check_data_options(const EvalRequest& request) {
  constexpr auto meaning = "real = (value − offset) · scale";
  if (request.data.empty())
    return usage_error("there is no data", "--data F.npy, F.csv, or a folder of pictures");
  if (request.scale && !(std::isfinite(*request.scale) && *request.scale != 0))
    return usage_error(cat("--scale ", *request.scale, ": must be finite and not 0"), meaning);
  if (request.offset && !std::isfinite(*request.offset))
    return usage_error(cat("--offset ", *request.offset, ": must be finite"), meaning);
  return check_samples(request.samples);
}

Result<EvalData> read_eval_data(const Module& module, const EvalRequest& request) {
  MOTE_TRY_VOID(check_data_options(request));
  const std::string& first = request.data.front();
  const std::string ending = text::lower(fs::path(first).extension().string());
  std::error_code ignored;
  const bool pictures = fs::is_directory(first, ignored);
  Result<EvalData> read = usage_error(cat(first, ": '", ending, "' is not a kind of data"),
                                      ".npy, .csv, or a folder of pictures");
  if (pictures)
    read = from_pictures(module, request);
  else if (ending == ".npy")
    read = from_arrays(module, request);
  else if (ending == ".csv")
    read = from_table(module, request);
  else if (!fs::exists(first, ignored))
    return error(cat(first, ": no such file or folder"), "give the path from where you are");
  MOTE_TRY(EvalData data, std::move(read));
  if (!request.labels.empty()) {
    MOTE_TRY(data.labels, read_labels(request));
  }
  if (data.labels.kind != CaseLabels::Kind::None && data.labels.kind != CaseLabels::Kind::Words &&
      data.labels.per_case == 0)
    return error(cat(data.labels.source, ": has no labels"));
  const std::size_t labels = data.labels.kind == CaseLabels::Kind::Whole
                                 ? data.labels.whole.size() / data.labels.per_case
                                 : data.labels.count();
  if (data.labels.kind != CaseLabels::Kind::None && labels != data.cases.count)
    return error(
        cat(data.labels.source, ": has ", labels, " labels, the data has ", data.cases.count, " cases"),
        "one label for each case, in the same order");
  if (request.samples && *request.samples < static_cast<std::int64_t>(data.cases.count))
    keep_first(data, static_cast<std::uint32_t>(*request.samples));
  return data;
}

}  // namespace mote
