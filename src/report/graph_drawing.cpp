// Drawing of a network: boxes in rows from top to bottom, edges between them, branches side by side.
// The layered drawing of Sugiyama et al. (1981): rows by longest path; an edge over several rows gets a bend in each of them;
// rows are ordered by the mean of their neighbours, the order with fewest crossings stays; then each row is moved, keeping order
// and gaps, to where its neighbours are (the best such places are an isotonic regression).
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "report/detail/canvas.h"
#include "report/numbers.h"
#include "report/svg.h"

namespace mote::report {
namespace {

using namespace detail;

constexpr std::size_t kMostBoxes = 3000, kMostPoints = 40000;
constexpr double kBoxHeight = 38, kRowGap = 26, kSideGap = 18, kBendWidth = 10, kMargin = 12;

/// A box, or a bend of an edge that passes a row.
struct Spot {
  int box = -1;  ///< −1: a bend
  int row = 0;
  bool spine = false;                ///< on the longest way through the network, which is drawn straight
  double width = kBendWidth, x = 0;  ///< x: of the middle
  std::vector<int> above, below;     ///< points in the neighbouring rows
};

struct Layout {
  std::vector<Spot> points;              ///< the boxes first, by their index
  std::vector<std::vector<int>> rows;    ///< points, from left to right
  std::vector<std::vector<int>> routes;  ///< by edge: points from its start to its end; empty: not drawn
};

bool is_drawn(const GraphDrawing& graph, const GraphEdge& edge) {
  return edge.from >= 0 && edge.from < edge.to && edge.to < static_cast<int>(graph.boxes.size());
}

/// Row by longest path from above; a box that nothing leads to moves down to the first that it leads to.
std::vector<int> rows_of(const GraphDrawing& graph) {
  const std::size_t n = graph.boxes.size();
  std::vector<GraphEdge> edges;
  for (const GraphEdge& edge : graph.edges) {
    if (is_drawn(graph, edge)) edges.push_back(edge);
  }
  std::stable_sort(edges.begin(), edges.end(),
                   [](const GraphEdge& a, const GraphEdge& b) { return a.from < b.from; });
  std::vector<int> row(n, 0), first(n, -1);
  std::vector<bool> fed(n, false);
  for (const GraphEdge& edge : edges) {
    const auto from = static_cast<std::size_t>(edge.from), to = static_cast<std::size_t>(edge.to);
    row[to] = std::max(row[to], row[from] + 1);
    fed[to] = true;
  }
  for (const GraphEdge& edge : edges) {
    const auto from = static_cast<std::size_t>(edge.from), to = static_cast<std::size_t>(edge.to);
    if (!fed[from]) first[from] = first[from] < 0 ? row[to] : std::min(first[from], row[to]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (first[i] > 0) row[i] = first[i] - 1;
  }
  return row;
}

double width_of_box(const GraphBox& box) {
  const double words =
      std::max(text_width(one_line(box.title), 12.5) * 1.06, text_width(one_line(box.subtitle), 11));
  return std::clamp(words + 26, 96.0, 236.0);
}

/// Points and routes; nothing when the bends would be too many.
Layout make_layout(const GraphDrawing& graph) {
  Layout layout;
  const std::vector<int> rows = rows_of(graph);
  for (std::size_t i = 0; i < graph.boxes.size(); ++i)
    layout.points.push_back({static_cast<int>(i), rows[i], false, width_of_box(graph.boxes[i]), 0, {}, {}});
  for (const GraphEdge& edge : graph.edges) {
    std::vector<int>& route = layout.routes.emplace_back();
    if (!is_drawn(graph, edge)) continue;
    route.push_back(edge.from);
    const int from_row = rows[static_cast<std::size_t>(edge.from)],
              to_row = rows[static_cast<std::size_t>(edge.to)];
    for (int row = from_row + 1; row < to_row; ++row) {
      if (layout.points.size() >= kMostPoints) return {};
      route.push_back(static_cast<int>(layout.points.size()));
      layout.points.push_back({-1, row, false, kBendWidth, 0, {}, {}});
    }
    route.push_back(edge.to);
    for (std::size_t i = 1; i < route.size(); ++i) {
      layout.points[static_cast<std::size_t>(route[i - 1])].below.push_back(route[i]);
      layout.points[static_cast<std::size_t>(route[i])].above.push_back(route[i - 1]);
    }
  }
  int last = 0;
  for (const Spot& point : layout.points) last = std::max(last, point.row);
  layout.rows.resize(static_cast<std::size_t>(last) + 1);
  for (std::size_t i = 0; i < layout.points.size(); ++i)
    layout.rows[static_cast<std::size_t>(layout.points[i].row)].push_back(static_cast<int>(i));
  return layout;
}

/// Marks a longest way, from the lowest box upwards; of several, the one through the first input of each box.
void mark_spine(Layout& layout) {
  int at = -1;
  for (std::size_t i = 0; i < layout.points.size(); ++i) {
    const Spot& spot = layout.points[i];
    if (spot.box >= 0 && spot.row + 1 == static_cast<int>(layout.rows.size())) at = static_cast<int>(i);
  }
  while (at >= 0) {
    Spot& spot = layout.points[static_cast<std::size_t>(at)];
    spot.spine = true;
    at = -1;
    for (const int other : spot.above) {
      if (at < 0 && layout.points[static_cast<std::size_t>(other)].box >= 0) at = other;
    }
  }
}

// ---- order within rows

using Places = std::vector<int>;  ///< by point: its place in its row

Places places_of(const Layout& layout) {
  Places places(layout.points.size());
  for (const auto& row : layout.rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      places[static_cast<std::size_t>(row[i])] = static_cast<int>(i);
  }
  return places;
}

/// Pairs of edges between neighbouring rows that cross: inversions of the ends, edges being sorted by their starts.
std::int64_t crossings(const Layout& layout) {
  const Places places = places_of(layout);
  std::int64_t all = 0;
  for (const auto& row : layout.rows) {
    std::vector<int> ends;
    int most = 0;
    for (const int from : row) {
      std::vector<int> mine;
      for (const int to : layout.points[static_cast<std::size_t>(from)].below)
        mine.push_back(places[static_cast<std::size_t>(to)]);
      std::sort(mine.begin(), mine.end());
      for (const int end : mine) most = std::max(most, end);
      ends.insert(ends.end(), mine.begin(), mine.end());
    }
    std::vector<std::int64_t> tree(static_cast<std::size_t>(most) + 2, 0);  // of counts, by end (Fenwick)
    std::int64_t seen = 0;
    for (const int end : ends) {
      std::int64_t not_right = 0;
      for (int i = end + 1; i > 0; i -= i & -i) not_right += tree[static_cast<std::size_t>(i)];
      all += seen - not_right;
      ++seen;
      for (int i = end + 1; i < static_cast<int>(tree.size()); i += i & -i)
        ++tree[static_cast<std::size_t>(i)];
    }
  }
  return all;
}

void order_row(Layout& layout, std::vector<int>& row, bool from_above) {
  const Places places = places_of(layout);
  std::vector<std::pair<double, int>> keyed;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Spot& point = layout.points[static_cast<std::size_t>(row[i])];
    const std::vector<int>& neighbours = from_above ? point.above : point.below;
    double sum = 0;
    for (const int other : neighbours) sum += places[static_cast<std::size_t>(other)];
    keyed.emplace_back(
        neighbours.empty() ? static_cast<double>(i) : sum / static_cast<double>(neighbours.size()), row[i]);
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = keyed[i].second;
}

void order_rows(Layout& layout) {
  bool branches = false;
  for (const auto& row : layout.rows) branches = branches || row.size() > 1;
  if (!branches) return;
  auto best = layout.rows;
  std::int64_t fewest = crossings(layout);
  const int sweeps = layout.points.size() > 6000 ? 2 : 12;
  for (int sweep = 0; sweep < sweeps && fewest > 0; ++sweep) {
    const bool down = sweep % 2 == 0;
    for (std::size_t i = 1; i < layout.rows.size(); ++i)
      order_row(layout, layout.rows[down ? i : layout.rows.size() - 1 - i], down);
    const std::int64_t now = crossings(layout);
    if (now >= fewest) continue;
    fewest = now;
    best = layout.rows;
  }
  layout.rows = std::move(best);
}

// ---- places

/// Moves a row to where its neighbours are: least squares of weight · (x − wish)², order and gaps kept.
void place_row(Layout& layout, const std::vector<int>& row, bool look_up, bool look_down) {
  struct Group {
    double sum = 0, weight = 0;
    std::size_t count = 0;
    double at() const { return sum / weight; }
  };
  std::vector<Group> groups;
  std::vector<double> offsets;
  double offset = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Spot& point = layout.points[static_cast<std::size_t>(row[i])];
    if (i > 0) {
      const Spot& left = layout.points[static_cast<std::size_t>(row[i - 1])];
      offset += (left.width + point.width) / 2 + kSideGap;
    }
    offsets.push_back(offset);
    double wish = 0, weight = 0;
    const auto look = [&](const std::vector<int>& neighbours) {
      for (const int other : neighbours) {
        const Spot& there = layout.points[static_cast<std::size_t>(other)];
        const double pull = point.box < 0 && there.box < 0 ? 8 : point.box < 0 || there.box < 0 ? 0.5 : 4;
        wish += pull * there.x;
        weight += pull;
      }
    };
    if (look_up) look(point.above);
    if (look_down) look(point.below);
    if (point.spine) wish = 0, weight = 1e6;
    if (weight <= 0) wish = point.x * 0.01, weight = 0.01;
    groups.push_back({wish - weight * offset, weight, 1});
    while (groups.size() > 1 && groups[groups.size() - 2].at() >= groups.back().at()) {
      const Group last = groups.back();
      groups.pop_back();
      groups.back().sum += last.sum;
      groups.back().weight += last.weight;
      groups.back().count += last.count;
    }
  }
  std::size_t i = 0;
  for (const Group& group : groups) {
    for (std::size_t k = 0; k < group.count; ++k, ++i)
      layout.points[static_cast<std::size_t>(row[i])].x = group.at() + offsets[i];
  }
}

void place_points(Layout& layout) {
  for (const auto& row : layout.rows) {
    double x = 0;
    for (const int id : row) {
      Spot& point = layout.points[static_cast<std::size_t>(id)];
      point.x = x + point.width / 2;
      x += point.width + kSideGap;
    }
  }
  const int sweeps = layout.points.size() > 6000 ? 8 : 60;
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    const bool down = sweep % 2 == 0, settle = sweep >= sweeps - 6;
    for (std::size_t i = 0; i < layout.rows.size(); ++i)
      place_row(layout, layout.rows[down ? i : layout.rows.size() - 1 - i], down || settle, !down || settle);
  }
  double left = 1e9;
  for (const Spot& point : layout.points) left = std::min(left, point.x - point.width / 2);
  for (Spot& point : layout.points) point.x += kMargin - left;
}

// ---- drawing

double top_of(int row) { return kMargin + row * (kBoxHeight + kRowGap); }

/// From the lower side of the first box through the bends to the upper side of the last one.
std::vector<detail::Point> route_points(const Layout& layout, const std::vector<int>& route) {
  std::vector<detail::Point> points;
  for (std::size_t i = 0; i < route.size(); ++i) {
    const Spot& point = layout.points[static_cast<std::size_t>(route[i])];
    const double top = top_of(point.row);
    if (i > 0) points.emplace_back(point.x, top);
    if (i + 1 < route.size()) points.emplace_back(point.x, top + kBoxHeight);
  }
  return points;
}

void draw_box(Canvas& canvas, const GraphBox& box, const Spot& point) {
  const double left = point.x - point.width / 2, top = top_of(point.row);
  const std::string_view colour = box.colour < 0 ? kQuiet : palette(box.colour);
  const double radius = box.colour < 0 ? kBoxHeight / 2 : 5;
  canvas.rect(left, top, point.width, kBoxHeight, {.fill = kPaper, .radius = radius});
  canvas.rect(left, top, point.width, kBoxHeight,
              {.fill = colour, .stroke = colour, .stroke_width = 1.2, .fill_opacity = 0.13, .radius = radius},
              box.hover);
  const double room = point.width - 14;
  const bool two = !box.subtitle.empty();
  canvas.text(point.x, top + (two ? 16.5 : 23), fitted(box.title, room, 12.5),
              {.anchor = Anchor::Middle, .size = 12.5, .bold = true, .silent = true});
  if (two)
    canvas.text(point.x, top + 30, fitted(box.subtitle, room, 11),
                {.anchor = Anchor::Middle, .size = 11, .fill = kQuiet, .silent = true});
}

}  // namespace

std::string graph_drawing(const GraphDrawing& graph) {
  if (graph.boxes.empty() || graph.boxes.size() > kMostBoxes) return "";
  Layout layout = make_layout(graph);
  if (layout.points.empty()) return "";
  order_rows(layout);
  mark_spine(layout);
  place_points(layout);

  double right = 0, labels = 0;
  for (const Spot& point : layout.points) right = std::max(right, point.x + point.width / 2);
  for (std::size_t e = 0; e < graph.edges.size(); ++e) {
    if (layout.routes[e].empty()) continue;
    const double x = layout.points[static_cast<std::size_t>(layout.routes[e].front())].x;
    labels = std::max(labels, x + 8 + text_width(one_line(graph.edges[e].label), 10));
  }
  const double width = std::max({right, labels, 260.0}) + kMargin;
  const double legend_room =
      graph.legend.empty() ? 0 : 14 + 18 * std::ceil(static_cast<double>(graph.legend.size()) * 130 / width);
  const double height = top_of(static_cast<int>(layout.rows.size())) - kRowGap + kMargin;
  Canvas canvas(width, height + legend_room, graph.name);
  if (!graph.legend.empty()) legend(canvas, kMargin, 12, width - 2 * kMargin, graph.legend);
  canvas.begin_group(0, legend_room);

  for (std::size_t e = 0; e < graph.edges.size(); ++e) {
    if (layout.routes[e].empty()) continue;
    const std::vector<detail::Point> points = route_points(layout, layout.routes[e]);
    canvas.curve(points, {.stroke = kQuiet, .stroke_width = 1.3, .opacity = 0.75}, graph.edges[e].hover);
    const auto [x, y] = points.back();
    canvas.path({{x - 3.6, y - 6}, {x + 3.6, y - 6}, {x, y}}, {.fill = kQuiet}, true);
  }
  for (std::size_t i = 0; i < graph.boxes.size(); ++i) draw_box(canvas, graph.boxes[i], layout.points[i]);
  // A tensor's type stands once, where its first edge starts.
  std::vector<bool> named(graph.boxes.size(), false);
  for (std::size_t e = 0; e < graph.edges.size(); ++e) {
    const GraphEdge& edge = graph.edges[e];
    if (layout.routes[e].empty() || edge.label.empty() || named[static_cast<std::size_t>(edge.from)])
      continue;
    named[static_cast<std::size_t>(edge.from)] = true;
    const Spot& from = layout.points[static_cast<std::size_t>(edge.from)];
    canvas.text(from.x + 8, top_of(from.row) + kBoxHeight + 12, edge.label,
                {.size = 10, .fill = kQuiet, .halo = true});
  }
  canvas.end_group();
  return std::move(canvas).finish();
}

}  // namespace mote::report
