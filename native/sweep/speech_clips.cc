#include "sweep/speech_clips.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "media/wav.h"

namespace sweep {

std::vector<std::string> wavFiles(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".wav") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

Speech::Speech(const std::string& folder) {
  for (const std::string& file : wavFiles(folder)) {
    const std::vector<int16_t> samples = media::readWav(file);
    clips_.push_back({std::filesystem::path(file).stem().string(), Sound(samples.begin(), samples.end())});
  }
  if (clips_.empty()) throw std::runtime_error(folder + ": expected WAV files");
}

Sound Speech::any(const std::string& kind, double dbm0, Random& random) const {
  std::vector<const Clip*> fit;
  for (const Clip& clip : clips_)
    if (clip.name.starts_with(kind)) fit.push_back(&clip);
  if (fit.empty()) throw std::runtime_error("no example named " + kind);
  Sound sound = fit[static_cast<size_t>(random.below(static_cast<int>(fit.size())))]->sound;
  const double gain = peakAt(dbm0) / std::numbers::sqrt2 / std::max(1.0, activeRms(sound));
  for (float& v : sound) v = static_cast<float>(gain * v);
  return sound;
}

}  // namespace sweep
