// Confusion matrices as heat maps.
#include <algorithm>

#include "base/text.h"
#include "report/detail/canvas.h"
#include "report/numbers.h"
#include "report/svg.h"

namespace mote::report {

using namespace detail;

std::string confusion_matrix(const Confusion& picture) {
  const std::size_t n = picture.labels.size();
  if (n == 0 || picture.counts.empty()) return empty_picture(picture.name);
  // Many classes: small cells without percentages, then without numbers.
  const double side = n <= 4 ? 76 : n <= 6 ? 66 : n <= 12 ? 46 : n <= 30 ? 26 : 12;
  const double cell_height = n <= 6 ? 46 : n <= 12 ? 38 : side;
  const bool percentages = n <= 12, numbers = n <= 30;
  double label_room = 0;
  for (const auto& label : picture.labels) label_room = std::max(label_room, text_width(one_line(label), 12));
  label_room = std::clamp(label_room, 40.0, 130.0);
  const bool turned = label_room > side - 6;

  const double left = label_room + 32, top = 26 + (turned ? label_room * 0.6 + 8 : 18);
  const double grid_width = side * static_cast<double>(n), grid_height = cell_height * static_cast<double>(n);
  Canvas canvas(left + grid_width + (turned ? label_room * 0.5 : 8), top + grid_height + 8, picture.name);
  canvas.text(left, 12, "predicted →", {.size = 11, .fill = kQuiet});
  canvas.text(12, top + grid_height / 2, "true label",
              {.anchor = Anchor::Middle, .size = 11, .fill = kQuiet, .turn = -90});

  for (std::size_t r = 0; r < n; ++r) {
    const double y = top + static_cast<double>(r) * cell_height;
    const double x = left + static_cast<double>(r) * side + side / 2;
    const std::string label = fitted(picture.labels[r], label_room + 4, 12);
    canvas.text(left - 8, y + cell_height / 2 + 4, label, {.anchor = Anchor::End});
    if (turned) {
      canvas.text(x, top - 7, label, {.turn = -40});
    } else {
      canvas.text(x, top - 7, label, {.anchor = Anchor::Middle});
    }
    const auto count_at = [&](std::size_t c) {
      return r < picture.counts.size() && c < picture.counts[r].size() ? picture.counts[r][c] : 0;
    };
    double sum = 0;
    for (std::size_t c = 0; c < n; ++c) sum += static_cast<double>(count_at(c));
    for (std::size_t c = 0; c < n; ++c) {
      const auto count = static_cast<double>(count_at(c));
      const double share = sum > 0 ? count / sum : 0;
      const double cell_x = left + static_cast<double>(c) * side;
      const std::string hover = text::cat(picture.labels[r], " taken for ", picture.labels[c], ": ",
                                          grouped(count), " of ", grouped(sum), " (", percent(share, 1), ")");
      canvas.rect(cell_x + 1, y + 1, side - 2, cell_height - 2,
                  {.fill = kGrid, .opacity = 0.45, .radius = 2});
      // Rare mistakes must be seen too: anything above zero is at least faintly coloured.
      const double shade = count > 0 ? std::max(0.12, share * 0.92) : 0;
      canvas.rect(cell_x + 1, y + 1, side - 2, cell_height - 2,
                  {.fill = palette(r == c ? 0 : 1), .opacity = shade, .radius = 2}, hover);
      if (!numbers) continue;
      const std::string_view ink = shade > 0.55 ? kPaper : count > 0 ? kInk : kQuiet;
      const double middle = cell_x + side / 2;
      const double size = side < 40 ? 9 : 13;
      canvas.text(middle, y + cell_height / 2 + (percentages ? -1 : 4),
                  side < 60 ? compact(count) : grouped(count),
                  {.anchor = Anchor::Middle, .size = size, .fill = ink, .bold = r == c});
      if (percentages) {
        canvas.text(middle, y + cell_height / 2 + 13, sum > 0 ? percent(share, 1) : std::string(kUnknown),
                    {.anchor = Anchor::Middle, .size = 10, .fill = ink});
      }
    }
  }
  return std::move(canvas).finish();
}

}  // namespace mote::report
