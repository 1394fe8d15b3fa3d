#include "sweep/detector_run.h"

#include <algorithm>
#include <cstdio>

#include "media/wav.h"

namespace sweep {

std::vector<cpd::Observation> Said::of(cpd::ObservationKind kind) const {
  std::vector<cpd::Observation> found;
  for (const cpd::Observation& o : observations)
    if (o.kind == kind) found.push_back(o);
  return found;
}

Said hear(const cpd::TonePlan& plan, const Heard& call, cpd::StartAt from) {
  auto settings = std::make_shared<cpd::Settings>();
  settings->plan = plan;
  settings->cpdTimeoutMs = 8000;
  settings->inferAnswer = from == cpd::StartAt::kDial;
  cpd::Detector detector;
  detector.start(settings, from);
  Said said;
  const auto take = [&said](std::span<const cpd::Observation> heard) {
    said.observations.insert(said.observations.end(), heard.begin(), heard.end());
  };
  for (size_t frame = 0; frame < call.lost.size(); ++frame) {
    const int16_t* const samples = call.samples.data() + frame * cpd::kFrameSamples;
    take(detector.process(samples, call.lost[frame] ? cpd::FrameKind::kLost : cpd::FrameKind::kAudio));
  }
  take(detector.finish());
  said.verdict = detector.evidence().verdict;
  said.sit = detector.evidence().sit;
  said.rule = detector.evidence().rule;
  return said;
}

void Table::add(const std::string& row, const std::string& column, bool right) {
  const auto know = [](std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  know(rows_, row);
  know(columns_, column);
  const auto key = std::pair(row, column);
  auto cell = std::find_if(cells_.begin(), cells_.end(), [&key](const auto& c) { return c.first == key; });
  if (cell == cells_.end()) cell = cells_.insert(cells_.end(), {key, {}});
  ++cell->second.n;
  cell->second.right += right ? 1 : 0;
}

void Table::print() const {
  std::printf("\n%-24s", title_.c_str());
  for (const std::string& column : columns_) std::printf(" %14s", column.c_str());
  std::printf(" %14s\n", "all");
  const auto print = [](const Cell& cell) {
    char text[32];
    std::snprintf(text, sizeof text, cell.n == 0 ? "-" : "%.1f %% of %d",
                  100.0 * cell.right / std::max(1, cell.n), cell.n);
    std::printf(" %14s", text);
  };
  const auto sum = [this](const std::string* row, const std::string* column) {
    Cell total;
    for (const auto& [key, cell] : cells_) {
      if ((row != nullptr && key.first != *row) || (column != nullptr && key.second != *column)) continue;
      total.right += cell.right;
      total.n += cell.n;
    }
    return total;
  };
  for (const std::string& row : rows_) {
    std::printf("%-24s", row.c_str());
    for (const std::string& column : columns_) print(sum(&row, &column));
    print(sum(&row, nullptr));
    std::printf("\n");
  }
  std::printf("%-24s", "all");
  for (const std::string& column : columns_) print(sum(nullptr, &column));
  print(sum(nullptr, nullptr));
  std::printf("\n");
}

void keepWrong(const Options& options, const std::string& name, const Heard& call) {
  if (options.wrongTo.empty()) return;
  std::string file = name;
  for (char& c : file)
    if (c == ' ' || c == ',' || c == '/' || c == '"' || c == '\'') c = '-';
  media::writeWav(options.wrongTo + "/" + file + ".wav", call.samples);
}

}  // namespace sweep
