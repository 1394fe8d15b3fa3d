#include "board/dialogic/line/inventory.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <stdexcept>

#include "board/dialogic/cpa/cap_settings.h"
#include "board/dialogic/vendor/constants.h"

namespace board::dialogic {
namespace {

constexpr int kChannelsOfVoiceBoard = 4;
constexpr int kT1Slots = 23;  // slot 24 is the D channel
constexpr int kE1Slots = 30;

// "dxxxB1C3" taken apart: "dxxxB", 1, 3.
struct DeviceName {
  std::string stem;
  int board, channel;
};

std::optional<int> numberOf(const std::string& digits) {
  if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  const int value = std::stoi(digits);
  return value > 0 ? std::optional(value) : std::nullopt;
}

std::optional<DeviceName> parse(const std::string& name, const std::string& stem) {
  if (!name.starts_with(stem)) return std::nullopt;
  const size_t c = name.find('C', stem.size());
  if (c == std::string::npos) return std::nullopt;
  const auto board = numberOf(name.substr(stem.size(), c - stem.size()));
  const auto channel = numberOf(name.substr(c + 1));
  if (!board || !channel) return std::nullopt;
  return DeviceName{stem, *board, *channel};
}

int count(BoardContext& context, const char* deviceClass) {
  if (context.api.sr_getboardcnt == nullptr) return 0;
  Cell cell;
  const int result = context.api.sr_getboardcnt(deviceClass, cell.at());
  context.called(0, -1, "sr_getboardcnt", result, deviceClass);
  return result == -1 ? 0 : cell.value();
}

struct VoiceBoard {
  int number, channels, network;
  bool hmp;
};

// The virtual voice boards, four channels each, and what their lines are.
std::vector<VoiceBoard> voiceBoards(BoardContext& context) {
  std::vector<VoiceBoard> boards;
  const int total = count(context, "Voice");
  for (int n = 1; n <= total; ++n) {
    const std::string name = "dxxxB" + std::to_string(n);
    const int board = context.called(0, -1, "dx_open", context.api.dx_open(name.c_str(), 0), name);
    if (board < 0) continue;
    const int channels =
        context.api.ATDV_SUBDEVS == nullptr ? kChannelsOfVoiceBoard : context.api.ATDV_SUBDEVS(board);
    context.called(0, board, "dx_close", context.api.dx_close(board), name);
    const std::string first = name + "C1";
    const int channel = context.called(0, -1, "dx_open", context.api.dx_open(first.c_str(), 0), first);
    if (channel < 0 || channels <= 0) continue;
    alignas(16) unsigned char buffer[256] = {};
    auto* info = reinterpret_cast<vendor::CtDevinfo*>(buffer);
    const bool known =
        context.called(0, channel, "dx_getctinfo", context.api.dx_getctinfo(channel, info), first) != -1;
    context.called(0, channel, "dx_close", context.api.dx_close(channel), first);
    const int network = known ? info->ct_nettype & 0x3F : 0;
    const bool hmp =
        known && (info->ct_devfamily == vendor::CT_DFHMPDM3 || info->ct_devfamily == vendor::CT_DFHMPATCA);
    boards.push_back({n, channels, network, hmp});
  }
  return boards;
}

std::string nameAt(const std::vector<VoiceBoard>& boards, size_t& board, int& used) {
  while (board < boards.size() &&
         (boards[board].network == vendor::CT_NTANALOG || used >= boards[board].channels)) {
    ++board;
    used = 0;
  }
  if (board >= boards.size()) return "";
  return "dxxxB" + std::to_string(boards[board].number) + "C" + std::to_string(used + 1);
}

// Moves on by so many voice channels that are no analog lines.
int skip(const std::vector<VoiceBoard>& boards, size_t& board, int& used, int channels) {
  int skipped = 0;
  while (skipped < channels && !nameAt(boards, board, used).empty()) {
    ++used;
    ++skipped;
  }
  return skipped;
}

void complain(size_t span, const char* field, const std::string& found, const char* expected) {
  throw std::invalid_argument("spans[" + std::to_string(span) + "]." + field + ": found \"" + found +
                              "\", expected " + expected);
}

bool oneAtATime(const SpanConfig& span) {
  return span.kind == TrunkKind::kAnalog || span.method == CpaMethod::kDial;
}

void checkSpan(const SpanConfig& span, size_t i) {
  if (span.channels < 1 || span.channels > 2016)
    complain(i, "channels", std::to_string(span.channels), "1 to 2016");
  if (span.bridgeLines < 0 || span.bridgeLines >= span.channels) {
    complain(i, "bridgeLines", std::to_string(span.bridgeLines), "less than channels");
  }
  if (!parse(span.voice, "dxxxB")) complain(i, "voice", span.voice, "a voice channel such as dxxxB1C1");
  const bool analog = span.kind == TrunkKind::kAnalog;
  if (!analog) {
    const char* stem = span.kind == TrunkKind::kSip ? "iptB" : "dtiB";
    const bool bri = span.network.starts_with("briS") && numberOf(span.network.substr(4));
    if (!bri && (!span.network.starts_with(stem) || !numberOf(span.network.substr(4)))) {
      complain(i, "network", span.network,
               span.kind == TrunkKind::kSip ? "an IP board such as iptB1" : "a span such as dtiB1");
    }
    if (span.firstSlot < 1) complain(i, "firstSlot", std::to_string(span.firstSlot), "1 or more");
    if (!span.media.empty() && !parse(span.media, "ipmB"))
      complain(i, "media", span.media, "a media channel such as ipmB1C1");
  }
  if (span.cpa == Cpa::kBoth && oneAtATime(span)) {
    complain(i, "cpa", "both", "board or ours: this voice channel either analyses or records");
  }
  if (span.lead == Cpa::kBoth) complain(i, "lead", "both", "board or ours");
  for (const auto& method : {span.blind, span.consult}) {
    if (!method || *method == TransferMethod::kNone || *method == TransferMethod::kBridge) continue;
    if (*method == TransferMethod::kTwoChannel && span.kind == TrunkKind::kIsdn && span.bridgeLines == 0) {
      complain(i, "bridgeLines", "0", "1 or more: a two_channel transfer begins on a second line");
    }
    const bool flash = *method == TransferMethod::kHookFlash;
    if (*method == TransferMethod::kTwoChannel && span.kind != TrunkKind::kIsdn) {
      complain(i, "blind or consult", "two_channel", "a method of another kind: two_channel is of ISDN");
    }
    if (flash != analog || (*method == TransferMethod::kRefer && span.kind != TrunkKind::kSip)) {
      complain(i, "blind or consult", "a method of another kind of line", "one that this kind of line has");
    }
  }
}

}  // namespace

std::string voiceName(const std::string& first, int n) {
  const auto name = parse(first, "dxxxB");
  if (!name) return first;
  const int index = (name->board - 1) * kChannelsOfVoiceBoard + name->channel - 1 + n;
  return name->stem + std::to_string(1 + index / kChannelsOfVoiceBoard) + "C" +
         std::to_string(1 + index % kChannelsOfVoiceBoard);
}

std::string mediaName(const std::string& first, int n) {
  const auto name = parse(first, "ipmB");
  if (!name) return first;
  return name->stem + std::to_string(name->board) + "C" + std::to_string(name->channel + n);
}

std::string lineName(const SpanConfig& span, int index) {
  const std::string protocol = !span.protocol.empty()         ? span.protocol
                               : span.kind == TrunkKind::kSip ? "SIP"
                                                              : "ISDN";
  std::string name = ":N_" + span.network + "T" + std::to_string(span.firstSlot + index) + ":P_" + protocol;
  if (!span.media.empty()) name += ":M_" + mediaName(span.media, index);
  // With dx_dial as the method the voice device stays ours: attached, the library would use it too.
  if (span.method == CpaMethod::kGlobalCall) name += ":V_" + voiceName(span.voice, index);
  return name;
}

std::vector<SpanConfig> findSpans(BoardContext& context) {
  std::vector<SpanConfig> spans;
  const auto cpaOf = [&](TrunkKind kind) {
    const auto found = context.config.cpa.find(kind);
    return found == context.config.cpa.end() ? Cpa::kBoard : found->second;
  };
  const std::vector<VoiceBoard> boards = voiceBoards(context);
  for (const VoiceBoard& board : boards) {
    if (board.network != vendor::CT_NTANALOG) continue;
    SpanConfig span;
    span.kind = TrunkKind::kAnalog;
    span.voice = "dxxxB" + std::to_string(board.number) + "C1";
    span.channels = board.channels;
    span.cpa = cpaOf(span.kind);
    spans.push_back(span);
  }
  size_t board = 0;
  int used = 0;
  if (context.api.has(Library::kDti) && context.api.has(Library::kGc)) {
    const int dti = count(context, "DTI");
    for (int n = 1; n <= dti; ++n) {
      const std::string name = "dtiB" + std::to_string(n);
      const int device = context.called(0, -1, "dt_open", context.api.dt_open(name.c_str(), 0), name);
      if (device < 0) continue;
      alignas(16) unsigned char buffer[256] = {};
      auto* info = reinterpret_cast<vendor::CtDevinfo*>(buffer);
      const bool known =
          context.called(0, device, "dt_getctinfo", context.api.dt_getctinfo(device, info), name) != -1;
      context.called(0, device, "dt_close", context.api.dt_close(device), name);
      SpanConfig span;
      span.kind = TrunkKind::kIsdn;
      span.network = name;
      span.voice = nameAt(boards, board, used);
      span.channels = skip(boards, board, used,
                           known && (info->ct_nettype & 0x3F) == vendor::CT_NTE1 ? kE1Slots : kT1Slots);
      span.cpa = cpaOf(span.kind);
      if (span.channels > 0) spans.push_back(span);
    }
  }
  if (context.api.has(Library::kGc) && count(context, "IPT") > 0) {
    SpanConfig span;
    span.kind = TrunkKind::kSip;
    span.network = "iptB1";
    span.media = "ipmB1C1";
    span.voice = nameAt(boards, board, used);
    int channels = 0;
    for (const VoiceBoard& each : boards) channels += each.hmp ? each.channels : 0;
    span.channels = skip(boards, board, used, channels);
    span.cpa = cpaOf(span.kind);
    if (span.channels > 0) spans.push_back(span);
  }
  return spans;
}

std::vector<Cpa> analysesOf(const Api& api, const SpanConfig& span) {
  std::vector<Cpa> all{Cpa::kBoard};
  if (api.dx_setuio == nullptr) return all;
  all.push_back(Cpa::kOurs);
  if (!oneAtATime(span)) all.push_back(Cpa::kBoth);
  return all;
}

void checkAnalyses(const Api& api, const std::vector<SpanConfig>& spans) {
  if (api.dx_setuio != nullptr) return;
  for (size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].cpa == Cpa::kBoard) continue;
    const std::string found = spans[i].cpa == Cpa::kBoth ? "both" : "ours";
    throw std::runtime_error("spans[" + std::to_string(i) + "].cpa: found " + found +
                             ", expected board: " + api.facts[static_cast<int>(Library::kVoice)].path +
                             " has no dx_setuio, so our detector gets no audio");
  }
}

void checkConfig(const Config& config) {
  for (size_t i = 0; i < config.spans.size(); ++i) checkSpan(config.spans[i], i);
  checkCap(config.cap);
  const auto known = [&](const std::string& code) {
    for (const cpd::TonePlan& plan : config.plans) {
      if (plan.code == code) return true;
    }
    return cpd::findTonePlan(code) != nullptr;
  };
  if (!known(config.plan)) throw std::invalid_argument("plan: there is no tone plan \"" + config.plan + "\"");
  if (!config.analog.tonePlan.empty() && !known(config.analog.tonePlan)) {
    throw std::invalid_argument("analog.tonePlan: there is no tone plan \"" + config.analog.tonePlan + "\"");
  }
  if (config.analog.prefix.find_first_not_of("0123456789*#,") != std::string::npos) {
    throw std::invalid_argument("analog.prefix: found \"" + config.analog.prefix +
                                "\", expected digits, *, # and the pause (,)");
  }
  constexpr int kTickMs = 10, kLongestMs = 10'000;
  for (const auto& [field, ms] :
       {std::pair("flashMs", config.analog.flashMs), {"pauseMs", config.analog.pauseMs}}) {
    if (ms && (*ms < kTickMs || *ms > kLongestMs || *ms % kTickMs != 0)) {
      throw std::invalid_argument(std::string("analog.") + field + ": found " + std::to_string(*ms) +
                                  " ms, expected 10 to 10000 in steps of 10");
    }
  }
  const Watchdogs& w = config.watchdogs;
  for (const int32_t ms : {w.openMs, w.hookMs, w.dialMs, w.stopMs, w.dropMs, w.releaseMs, w.resetMs,
                           w.transferMs, w.playMs, w.retryFirstMs, w.retryLongestMs}) {
    if (ms < 1 || ms > 3'600'000) {
      throw std::invalid_argument("watchdogs: found " + std::to_string(ms) + " ms, expected 1 to 3600000");
    }
  }
}

}  // namespace board::dialogic
