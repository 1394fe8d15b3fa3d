#include "board/dialogic/line/phase.h"

namespace board::dialogic {
namespace {

using enum Phase;

struct Move {
  Phase from, to;
};

constexpr Move kAnalogMoves[] = {
    {kClosed, kOpening},    {kOpening, kIdle},       {kOpening, kFailed},     {kIdle, kSeizing},
    {kSeizing, kSeized},    {kSeizing, kReleasing},  {kSeized, kDialling},    {kSeized, kReleasing},
    {kDialling, kProgress}, {kDialling, kUp},        {kDialling, kStopping},  {kDialling, kReleasing},
    {kProgress, kUp},       {kProgress, kStopping},  {kProgress, kReleasing}, {kUp, kMoving},
    {kUp, kStopping},       {kUp, kReleasing},       {kMoving, kUp},          {kMoving, kStopping},
    {kMoving, kReleasing},  {kStopping, kReleasing}, {kReleasing, kGuard},    {kGuard, kIdle},
    {kResetting, kGuard},   {kResetting, kIdle},     {kResetting, kFailed},   {kFailed, kResetting},
    {kFailed, kOpening},
};

constexpr Move kGlobalCallMoves[] = {
    {kClosed, kOpening},    {kOpening, kBlocked},   {kOpening, kFailed},     {kBlocked, kIdle},
    {kIdle, kBlocked},      {kIdle, kSeized},       {kSeized, kDialling},    {kSeized, kIdle},
    {kSeized, kBlocked},    {kDialling, kProgress}, {kDialling, kUp},        {kDialling, kDropping},
    {kProgress, kUp},       {kProgress, kDropping}, {kUp, kMoving},          {kUp, kDropping},
    {kMoving, kUp},         {kMoving, kDropping},   {kDropping, kReleasing}, {kReleasing, kIdle},
    {kReleasing, kBlocked}, {kResetting, kIdle},    {kResetting, kBlocked},  {kResetting, kFailed},
    {kFailed, kResetting},  {kFailed, kOpening},    {kBlocked, kOpening},    {kIdle, kOpening},
    {kDialling, kIdle},     {kDialling, kBlocked},
};

template <size_t N>
bool contains(const Move (&moves)[N], Phase from, Phase to) {
  for (const Move& move : moves) {
    if (move.from == from && move.to == to) return true;
  }
  return false;
}

constexpr const char* kNames[] = {"closed",    "opening",  "blocked",   "idle",   "seizing",  "seized",
                                  "dialling",  "progress", "up",        "moving", "stopping", "dropping",
                                  "releasing", "guard",    "resetting", "failed"};
static_assert(sizeof kNames / sizeof *kNames == kPhases);

}  // namespace

bool mayMove(Family family, Phase from, Phase to) {
  // Whatever goes wrong, wherever: the line is reset.
  if (to == kResetting) return from != kClosed && from != kOpening;
  return family == Family::kAnalog ? contains(kAnalogMoves, from, to) : contains(kGlobalCallMoves, from, to);
}

const char* name(Phase phase) { return kNames[static_cast<int>(phase)]; }

const char* name(Family family) { return family == Family::kAnalog ? "analog" : "global_call"; }

}  // namespace board::dialogic
