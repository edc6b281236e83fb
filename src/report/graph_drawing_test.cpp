// What the drawing of a network promises: boxes stay apart, a chain is straight, every edge leads downwards, odd graphs are no
// trouble, the same graph gives the same bytes.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>

#include "base/text.h"
#include "report/svg.h"

namespace mote::report {
namespace {

struct Rect {
  double x, y, width, height;
};

double attribute(const std::string& tag, const std::string& name) {
  const std::size_t at = tag.find(" " + name + "=\"");
  return at == std::string::npos ? NAN : std::atof(tag.c_str() + at + name.size() + 3);
}

// The boxes: each is drawn as two equal rectangles, paper and colour.
std::vector<Rect> boxes_of(const std::string& svg) {
  std::vector<Rect> boxes;
  const std::size_t begin = svg.find("<g ");
  for (std::size_t at = svg.find("<rect", begin); at != std::string::npos; at = svg.find("<rect", at + 1)) {
    const std::string tag = svg.substr(at, svg.find('>', at) - at);
    if (tag.find("fill-opacity") == std::string::npos) continue;
    boxes.push_back(
        {attribute(tag, "x"), attribute(tag, "y"), attribute(tag, "width"), attribute(tag, "height")});
  }
  return boxes;
}

GraphDrawing chain(int n) {
  GraphDrawing graph;
  graph.name = "chain";
  for (int i = 0; i < n; ++i) {
    graph.boxes.push_back({std::string(static_cast<std::size_t>(3 + i % 20), 'w'), "layer", "", i % 8});
    if (i > 0) graph.edges.push_back({i - 1, i, "s8[1,2]", ""});
  }
  return graph;
}

GraphDrawing random_graph(std::uint64_t seed, int n) {
  std::mt19937_64 random(seed);
  GraphDrawing graph = chain(n);
  for (int i = 0; i < n; ++i) {
    const int a = static_cast<int>(random() % static_cast<unsigned>(n)),
              b = static_cast<int>(random() % static_cast<unsigned>(n));
    if (a < b) graph.edges.push_back({a, b, "f32[1,8,8,4]", "skip"});
    if (i % 3 == 0 && i > 0) graph.edges[static_cast<std::size_t>(i) - 1].from = std::max(0, i - 3);
  }
  return graph;
}

TEST(GraphDrawing, BoxesDoNotOverlap) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const std::vector<Rect> boxes =
        boxes_of(graph_drawing(random_graph(seed, 4 + static_cast<int>(seed) * 5)));
    ASSERT_EQ(boxes.size(), 4 + seed * 5);
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const bool apart_x =
            boxes[i].x + boxes[i].width <= boxes[j].x || boxes[j].x + boxes[j].width <= boxes[i].x;
        const bool apart_y =
            boxes[i].y + boxes[i].height <= boxes[j].y || boxes[j].y + boxes[j].height <= boxes[i].y;
        EXPECT_TRUE(apart_x || apart_y) << "seed " << seed << ": " << i << " and " << j;
      }
    }
  }
}

TEST(GraphDrawing, EdgesLeadDown) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const GraphDrawing graph = random_graph(seed, 40);
    const std::vector<Rect> boxes = boxes_of(graph_drawing(graph));
    for (const GraphEdge& edge : graph.edges)
      EXPECT_LT(boxes[static_cast<std::size_t>(edge.from)].y, boxes[static_cast<std::size_t>(edge.to)].y);
  }
}

TEST(GraphDrawing, AChainIsStraight) {
  const std::vector<Rect> boxes = boxes_of(graph_drawing(chain(120)));
  ASSERT_EQ(boxes.size(), 120u);
  for (const Rect& box : boxes) EXPECT_NEAR(box.x + box.width / 2, boxes[0].x + boxes[0].width / 2, 0.11);
}

TEST(GraphDrawing, OddGraphsAreNoTrouble) {
  EXPECT_EQ(graph_drawing({}), "");
  GraphDrawing graph = chain(3);
  graph.edges.push_back({2, 0, "", ""});    // upwards: left out
  graph.edges.push_back({-4, 99, "", ""});  // to nowhere: left out
  graph.edges.push_back({0, 1, "", ""});    // twice
  graph.boxes.push_back({"<b>&\"", "\x1b\xff", "'", 99});
  const std::string svg = graph_drawing(graph);
  EXPECT_EQ(boxes_of(svg).size(), 4u);
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
  EXPECT_EQ(svg.find('\xff'), std::string::npos);
  EXPECT_EQ(graph_drawing(chain(4000)), "");
}

TEST(GraphDrawing, SameGraphSameBytes) {
  EXPECT_EQ(graph_drawing(random_graph(7, 60)), graph_drawing(random_graph(7, 60)));
}

}  // namespace
}  // namespace mote::report
