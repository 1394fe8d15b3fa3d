#include "board/dialogic/line/analog/tones.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

// Limits: tones of networks and what lines do to them, ITU-T Q.35 and E.180 (+-15 Hz, +-10 % of time), with
// room for the vendor's measurement.
constexpr int kHzDeviation = 30;
constexpr double kTimeDeviation = 0.15;
constexpr int kLeastTimeDeviation = 5;  // 10 ms
constexpr int kToneOn = 1;              // DM_TONEON
constexpr int kBusyRepeats = 2;
constexpr int kDisconnectRepeats = 4;  // as the vendor's own definition

int tenMs(int32_t ms) { return (ms + 5) / 10; }

int deviation(int count) {
  return std::max(kLeastTimeDeviation, static_cast<int>(std::lround(count * kTimeDeviation)));
}

bool build(BoardContext& context, ChannelId channel, int tid, const ToneTemplate& tone, int repeats) {
  const Api& api = context.api;
  if (api.dx_blddtcad == nullptr || api.dx_bldstcad == nullptr) return false;
  const int result = tone.hz2 != 0
                         ? api.dx_blddtcad(tid, tone.hz1, tone.hzDeviation, tone.hz2, tone.hzDeviation,
                                           tone.on, tone.onDeviation, tone.off, tone.offDeviation, repeats)
                         : api.dx_bldstcad(tid, tone.hz1, tone.hzDeviation, tone.on, tone.onDeviation,
                                           tone.off, tone.offDeviation, repeats);
  return context.called(channel, -1, tone.hz2 != 0 ? "dx_blddtcad" : "dx_bldstcad", result,
                        std::to_string(tid)) != -1;
}

void addOwn(BoardContext& context, ChannelId channel, int voice, int tid, const cpd::Cadence& cadence,
            int repeats) {
  const std::optional<ToneTemplate> tone = templateOf(cadence);
  const Api& api = context.api;
  if (!tone || api.dx_addtone == nullptr || api.dx_enbtone == nullptr) return;
  if (!build(context, channel, tid, *tone, repeats)) return;
  if (context.called(channel, voice, "dx_addtone", api.dx_addtone(voice, 0, 0), std::to_string(tid)) == -1)
    return;
  context.called(channel, voice, "dx_enbtone", api.dx_enbtone(voice, tid, kToneOn), std::to_string(tid));
}

bool define(BoardContext& context, int tid, const cpd::Cadence& cadence, int repeats) {
  const std::optional<ToneTemplate> tone = templateOf(cadence);
  if (!tone) return true;
  const Api& api = context.api;
  const std::string id = vendor::nameOf("TID", tid);
  bool ok = context.called(0, -1, "dx_chgfreq",
                           api.dx_chgfreq(tid, tone->hz1, tone->hzDeviation, tone->hz2,
                                          tone->hz2 != 0 ? tone->hzDeviation : 0),
                           id) >= 0;
  if (tone->on != 0) {
    ok = context.called(0, -1, "dx_chgdur",
                        api.dx_chgdur(tid, tone->on, tone->onDeviation, tone->off, tone->offDeviation),
                        id) >= 0 &&
         ok;
  }
  if (repeats != 0) ok = context.called(0, -1, "dx_chgrepcnt", api.dx_chgrepcnt(tid, repeats), id) >= 0 && ok;
  return ok;
}

}  // namespace

std::optional<ToneTemplate> templateOf(const cpd::Cadence& cadence) {
  if (cadence.steps.empty()) return std::nullopt;
  const cpd::ToneStep& sound = cadence.steps.front();
  if (sound.hz1 == 0 || sound.hz3 != 0) return std::nullopt;
  ToneTemplate tone;
  tone.hz1 = static_cast<int>(std::lround(sound.hz1));
  tone.hz2 = static_cast<int>(std::lround(sound.hz2));
  tone.hzDeviation = kHzDeviation;
  if (sound.ms == 0) return tone;
  tone.on = tenMs(sound.ms);
  tone.onDeviation = deviation(tone.on);
  if (cadence.steps.size() > 1) {
    tone.off = tenMs(cadence.steps[1].ms);
    tone.offDeviation = deviation(tone.off);
  }
  return tone;
}

bool defineTones(BoardContext& context, const cpd::TonePlan& plan) {
  const Api& api = context.api;
  if (api.dx_chgfreq == nullptr || api.dx_chgdur == nullptr || api.dx_chgrepcnt == nullptr) return false;
  bool ok = define(context, vendor::TID_DIAL_LCL, plan.dial, 0);
  ok = define(context, vendor::TID_RNGBK1, plan.ringback, 0) && ok;
  ok = define(context, vendor::TID_BUSY1, plan.busy, kBusyRepeats) && ok;
  ok = define(context, vendor::TID_BUSY2, plan.congestion, kDisconnectRepeats) && ok;
  return define(context, vendor::TID_DISCONNECT, plan.busy, kDisconnectRepeats) && ok;
}

bool prepareChannel(BoardContext& context, ChannelId channel, int voice, const cpd::TonePlan& plan,
                    bool disconnectTone) {
  const Api& api = context.api;
  if (api.dx_deltones == nullptr || api.dx_initcallp == nullptr) return false;
  context.called(channel, voice, "dx_deltones", api.dx_deltones(voice));
  addOwn(context, channel, voice, kRingbackTid, plan.ringback, 1);
  if (disconnectTone) addOwn(context, channel, voice, kDisconnectTid, plan.busy, kDisconnectRepeats);
  return context.called(channel, voice, "dx_initcallp", api.dx_initcallp(voice)) != -1;
}

}  // namespace board::dialogic
