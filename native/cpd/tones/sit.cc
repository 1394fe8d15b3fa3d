#include "cpd/tones/sit.h"

#include <algorithm>
#include <cmath>

namespace cpd {

namespace {

struct Form {
  SitCategory category;
  float hz[3];
  float ms[3];
};

constexpr Form kForms[] = {
    {SitCategory::kIC, {913.8f, 1370.6f, 1776.7f}, {276, 276, 380}},
    {SitCategory::kVC, {985.2f, 1370.6f, 1776.7f}, {380, 276, 380}},
    {SitCategory::kRO1, {913.8f, 1428.5f, 1776.7f}, {276, 380, 380}},
    {SitCategory::kRO2, {985.2f, 1370.6f, 1776.7f}, {276, 380, 380}},
    {SitCategory::kNC1, {985.2f, 1428.5f, 1776.7f}, {380, 380, 380}},
    {SitCategory::kNC2, {913.8f, 1370.6f, 1776.7f}, {380, 380, 380}},
    {SitCategory::kR1, {913.8f, 1428.5f, 1776.7f}, {380, 276, 380}},
    {SitCategory::kR2, {985.2f, 1428.5f, 1776.7f}, {276, 276, 380}},
    {SitCategory::kITU, {950, 1400, 1800}, {330, 330, 330}},
    {SitCategory::kITU, {900, 1400, 1800}, {330, 330, 330}},   // BE
    {SitCategory::kITU, {1000, 1400, 1800}, {330, 330, 330}},  // IL
    {SitCategory::kITU, {950, 1440, 1800}, {330, 330, 330}},   // RU, VE
    {SitCategory::kITU, {950, 1450, 1850}, {330, 330, 330}},   // AE, AT
};

// Within this of the nominal ITU form it is that form and none of the coded ones.
constexpr float kItuHz = 15, kItuMs = 22;
// Accepted at all: the ITU limits and the national deviations, with the error of the measurement.
constexpr float kLowHz[3] = {865, 1300, 1620}, kHighHz[3] = {1035, 1500, 1910};
constexpr int32_t kShortestMs = 205, kLongestMs = 470;
// Standard deviations that a network and the measurement may bring.
constexpr float kSigmaHz = 12, kSigmaMs = 22;
constexpr float kMostPenalty = 9;

}  // namespace

SitMatch classifySit(const SitSegment& first, const SitSegment& second, const SitSegment& third) {
  const SitSegment* const segments[3] = {&first, &second, &third};
  int full = 0;
  for (int i = 0; i < 3; ++i) {
    const SitSegment& segment = *segments[i];
    if (segment.hz == 0 && i == 0) continue;
    if (segment.hz < kLowHz[i] || segment.hz > kHighHz[i] || segment.ms > kLongestMs) return {};
    if (segment.ms < kShortestMs && !(segment.clipped && i == 0)) return {};
    if (!segment.clipped) ++full;
  }
  bool itu = full >= 2;
  for (int i = 0; i < 3; ++i) {
    const Form& nominal = kForms[8];
    if (segments[i]->hz == 0) continue;
    itu = itu && std::abs(segments[i]->hz - nominal.hz[i]) <= kItuHz &&
          (segments[i]->clipped || std::abs(static_cast<float>(segments[i]->ms) - nominal.ms[i]) <= kItuMs);
  }
  if (itu) return {SitCategory::kITU, first.hz == 0 ? 0.6f : first.clipped ? 0.8f : 0.95f};

  float best = 1e9f, next = 1e9f;
  SitCategory category = SitCategory::kITU;
  for (const Form& form : kForms) {
    float distance = 0;
    for (int i = 0; i < 3; ++i) {
      const SitSegment& segment = *segments[i];
      if (segment.hz == 0) continue;
      const float byHz = (segment.hz - form.hz[i]) / kSigmaHz;
      distance += std::min(byHz * byHz, kMostPenalty);
      const float lacking = static_cast<float>(segment.ms) - form.ms[i];
      if (segment.clipped && lacking < 0) continue;
      distance += std::min(lacking * lacking / (kSigmaMs * kSigmaMs), kMostPenalty);
    }
    if (distance < best) {
      if (form.category != category) next = best;
      best = distance;
      category = form.category;
    } else if (form.category != category) {
      next = std::min(next, distance);
    }
  }
  const float surety = std::clamp(0.5f + 0.06f * (next - best), 0.5f, 0.97f);
  return {category, first.hz == 0 ? 0.5f * surety : first.clipped ? 0.85f * surety : surety};
}

}  // namespace cpd
