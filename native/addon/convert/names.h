// Names of the enumerations at the boundary: the strings that JavaScript sees, in the order of the C++
// values. Those of events are in board/names.h.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "board/board.h"
#include "board/diagnostics.h"
#include "board/dialogic/config.h"
#include "board/sim/sim_config.h"
#include "media/channel_mix.h"

namespace addon {

template <typename E, size_t N>
struct Names {
  std::array<const char*, N> names;

  constexpr const char* of(E value) const { return names[static_cast<size_t>(value)]; }

  std::optional<E> find(std::string_view name) const {
    for (size_t i = 0; i < N; ++i) {
      if (names[i] != nullptr && name == names[i]) return static_cast<E>(i);
    }
    return std::nullopt;
  }
};

// `null` in JavaScript: no verdict, no category.
inline constexpr const char* kNoName = nullptr;

inline constexpr Names<board::Status, 8> kStatusNames{{"OK", "UNKNOWN_CHANNEL", "CHANNEL_BUSY",
                                                       "CHANNEL_OUT_OF_SERVICE", "ILLEGAL_STATE",
                                                       "BAD_ARGUMENT", "BOARD_DEAD", "NOT_SUPPORTED"}};

inline constexpr Names<board::TrunkKind, 3> kTrunkKindNames{{"analog", "isdn", "sip"}};

inline constexpr Names<board::TransferStyle, 3> kTransferStyleNames{{"blind", "consult", "bridge"}};

inline constexpr Names<board::LineState, 7> kLineStateNames{
    {"idle", "seized", "dialling", "ringing", "answered", "dropping", "out_of_service"}};

inline constexpr Names<board::AlarmKind, 5> kAlarmNames{
    {"red", "blue", "yellow", "layer2", "no_loop_current"}};

inline constexpr Names<board::FailureReason, 9> kFailureNames{
    {"no_dial_tone", "glare", "dial_failed", "no_loop_current", "transfer_refused", "transfer_busy",
     "transfer_no_answer", "not_supported", "hardware"}};

inline constexpr Names<board::Cpa, 4> kCpaNames{{"configured", "board", "ours", "both"}};

inline constexpr Names<board::Topic, 7> kTopicNames{
    {"inventory", "channels", "alarms", "cpa", "trace", "routes", "self_check"}};

inline constexpr Names<board::dialogic::CpaMethod, 2> kCpaMethodNames{{"global_call", "dial"}};

inline constexpr Names<board::dialogic::TransferMethod, 7> kTransferMethodNames{
    {"none", "hook_flash", "blind", "setup", "refer", "bridge", "two_channel"}};

inline constexpr Names<media::WavChannel, 3> kWavChannelNames{{"both", "left", "right"}};

inline constexpr Names<media::ChannelsAre, 3> kChannelsAreNames{{"alike", "different", "opposed"}};

inline constexpr Names<cpd::Mode, 6> kModeNames{{"no_progress_detection", "no_am_detection",
                                                 "positive_am_detection", "full_positive_am_detection",
                                                 "accurate_am_detection", "telephony_preset"}};

inline constexpr Names<cpd::Verdict, cpd::kVerdicts> kVerdictNames{
    {kNoName, "live", "machine", "screening", "fax", "modem", "sit", "busy", "congestion", "ringback",
     "dialtone", "silence", "unknown", "false_answer"}};

inline constexpr Names<cpd::SitCategory, 10> kSitNames{
    {kNoName, "IC", "VC", "RO'", "RO\"", "NC'", "NC\"", "R1", "R2", "ITU"}};

inline constexpr Names<cpd::SegmentKind, 6> kSegmentNames{
    {"silence", "speech", "tone", "beep", "noise", "music"}};

inline constexpr Names<cpd::ObservationKind, 9> kObservationNames{
    {"segment", "tone", "answered", "speech_start", "speech_end", "greeting_end", "beep", "verdict",
     "correction"}};

inline constexpr Names<board::sim::Kind, 11> kSimKindNames{{"live", "machine", "screening", "fax", "modem",
                                                            "busy", "congestion", "sit", "no_answer",
                                                            "silence", "unobtainable"}};

inline constexpr Names<board::sim::Codec, 3> kCodecNames{{"pcm", "alaw", "ulaw"}};

inline constexpr Names<board::sim::FaultKind, 6> kFaultNames{
    {"no_dial_tone", "glare", "lost_event", "hang", "alarm", "dead"}};

inline constexpr Names<board::sim::ExtensionBehaviour, 4> kBehaviourNames{
    {"answer", "busy", "no_answer", "refuse"}};

}  // namespace addon
