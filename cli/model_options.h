// The options that run, bench and compile share.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

namespace mote {

inline void add_model_options(CLI::App& app, ModelRequest& request) {
  app.add_option("model", request.model, "a .tflite file")->required();
  app.add_option("--target", request.target, "a CPU or board of `mote targets`")->capture_default_str();
  app.add_option("--optimize", request.optimize, "speed, size or ram")
      ->check(CLI::IsMember({"speed", "size", "ram"}))
      ->capture_default_str();
  app.add_flag("--keep-input", request.keep_input, "inputs keep their bytes through an inference");
  app.add_flag("--no-fuse", request.no_fuse, "materialise every tensor");
  app.add_option(
      "--memories", request.memories,
      "for the arena, the fastest first: dtcm=64k,sram=256k; what is used most lies in the first with room");
  app.add_option("--prefix", request.prefix, "of the generated C names")->capture_default_str();
}

}  // namespace mote
