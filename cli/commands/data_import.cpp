#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

MOTE_COMMAND(data_import) {
  static const mote::Command command = {
      "data import", "recordings of any format as PNG, WAV, CSV and a manifest", [](CLI::App& app) {
        auto request = std::make_shared<mote::ImportRequest>();
        app.add_option("files", request->files, "recordings, pictures, arrays, records")->required();
        app.add_option("-o,--output", request->folder, "the folder to write")->required();
        app.add_option("--reader", request->reader, "the format, where the ending does not say it");
        app.add_option("--hmac-key", request->hmac_key, "checks signed acquisition files")
            ->check([](const std::string& key) { return key.empty() ? "the key is empty" : ""; }, "");
        app.add_option("--format", request->format, "of raw camera frames: rgb565, yuyv, bayer-rggb, …");
        app.add_option("--width", request->width, "of pictures, in pixels")->check(CLI::Range(1, 8192));
        app.add_option("--height", request->height, "of pictures, in pixels")->check(CLI::Range(1, 8192));
        app.add_flag("--grey", request->grey, "pictures in grey");
        return std::function<mote::Result<mote::Outcome>()>(
            [request] { return mote::data_import(*request); });
      }};
  return command;
}
