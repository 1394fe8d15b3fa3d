#include "board/dialogic/cpa/cpa_log.h"

#include <utility>

#include "board/dialogic/vendor/constants.h"
#include "board/json.h"

namespace board::dialogic {
namespace {

constexpr const char* kModes[] = {"no_progress_detection", "no_am_detection",
                                  "positive_am_detection", "full_positive_am_detection",
                                  "accurate_am_detection", "telephony_preset"};
constexpr const char* kCpas[] = {"configured", "board", "ours", "both"};

int ask(int (*function)(long), int voice) { return function == nullptr ? kNotAsked : function(voice); }

void number(Json& json, const char* key, int value, const char* family) {
  if (value == kNotAsked) return;
  json.key(key).open('{').field("value", value);
  if (family != nullptr) json.field("name", std::string_view(vendor::nameOf(family, value)));
  json.close('}');
}

void write(Json& json, const CpaEntry& entry) {
  const CpaNumbers& n = entry.numbers;
  json.open('{').field("at", entry.at).field("channel", entry.channel);
  json.field("ref", static_cast<int64_t>(entry.ref)).field("number", std::string_view(entry.number));
  json.field("mode", kModes[static_cast<int>(entry.mode)]).field("cpa", kCpas[static_cast<int>(entry.cpa)]);
  number(json, "ATDX_CPTERM", n.term, "CR");
  number(json, "ATDX_CPERROR", n.error, "CRERR");
  number(json, "ATDX_CONNTYPE", n.connection, "CON");
  number(json, "ATDX_CRTNID", n.tone, "TID");
  number(json, "ATDX_ANSRSIZ", n.answerSize, nullptr);
  number(json, "ATDX_SIZEHI", n.sizeHigh, nullptr);
  number(json, "ATDX_SHORTLOW", n.shortLow, nullptr);
  number(json, "ATDX_LONGLOW", n.longLow, nullptr);
  if (n.term != kNotAsked) {
    json.key("ATDX_FRQHZ").open('[').add(n.hz[0]).add(n.hz[1]).add(n.hz[2]).close(']');
    json.key("ATDX_FRQDUR").open('[').add(n.duration[0]).add(n.duration[1]).add(n.duration[2]).close(']');
  }
  number(json, "ATDX_FRQOUT", n.outOfBand, nullptr);
  number(json, "ATDX_DTNFAIL", n.dialToneFail, nullptr);
  number(json, "gcResult", entry.gcResult, "GCRV");
  number(json, "ccValue", entry.gcCcValue, nullptr);
  number(json, "CONNECT_TYPE", entry.gcConnect, "GCCT");
  if (!entry.gcMessage.empty()) json.field("message", std::string_view(entry.gcMessage));
  if (entry.answeredAt >= 0) json.field("answeredMs", entry.answeredAt - entry.at);
  json.field("board", name(entry.board)).field("ours", name(entry.ours));
  if (entry.boardAt >= 0)
    json.field("boardMs", entry.boardAt - entry.at).field("boardRule", std::string_view(entry.boardRule));
  if (entry.oursAt >= 0)
    json.field("oursMs", entry.oursAt - entry.at).field("oursRule", std::string_view(entry.oursRule));
  if (entry.streamDelayMs >= 0) json.field("streamDelayMs", entry.streamDelayMs);
  json.close('}');
}

}  // namespace

CpaNumbers readCpa(const Api& api, int voice) {
  CpaNumbers n;
  n.term = ask(api.ATDX_CPTERM, voice);
  n.connection = ask(api.ATDX_CONNTYPE, voice);
  if (n.term == vendor::CR_ERROR) n.error = ask(api.ATDX_CPERROR, voice);
  n.tone = ask(api.ATDX_CRTNID, voice);
  n.answerSize = ask(api.ATDX_ANSRSIZ, voice);
  n.longLow = ask(api.ATDX_LONGLOW, voice);
  n.shortLow = ask(api.ATDX_SHORTLOW, voice);
  n.sizeHigh = ask(api.ATDX_SIZEHI, voice);
  int (*const hz[3])(long) = {api.ATDX_FRQHZ, api.ATDX_FRQHZ2, api.ATDX_FRQHZ3};
  int (*const duration[3])(long) = {api.ATDX_FRQDUR, api.ATDX_FRQDUR2, api.ATDX_FRQDUR3};
  for (int i = 0; i < 3; ++i) {
    if (hz[i] != nullptr) n.hz[i] = hz[i](voice);
    if (duration[i] != nullptr) n.duration[i] = duration[i](voice);
  }
  n.outOfBand = ask(api.ATDX_FRQOUT, voice);
  if (n.term == vendor::CR_NODIALTONE) n.dialToneFail = ask(api.ATDX_DTNFAIL, voice);
  return n;
}

uint64_t CpaLog::begin(CpaEntry entry) {
  entries_.push_back(std::move(entry));
  if (entries_.size() > kept_) {
    entries_.pop_front();
    ++first_;
  }
  return first_ + entries_.size() - 1;
}

CpaEntry* CpaLog::find(uint64_t id) {
  return id < first_ || id >= first_ + entries_.size() ? nullptr : &entries_[id - first_];
}

void CpaLog::compared(cpd::Verdict board, cpd::Verdict ours) {
  ++agreement_[static_cast<int>(board)][static_cast<int>(ours)];
}

std::string CpaLog::json(ChannelId channel) const {
  Json json;
  json.open('{').key("calls").open('[');
  for (const CpaEntry& entry : entries_) {
    if (channel == 0 || entry.channel == channel) write(json, entry);
  }
  json.close(']').key("agreement").open('[');
  for (int board = 0; board < cpd::kVerdicts; ++board) {
    for (int ours = 0; ours < cpd::kVerdicts; ++ours) {
      if (agreement_[board][ours] == 0) continue;
      json.open('{').field("board", name(static_cast<cpd::Verdict>(board)));
      json.field("ours", name(static_cast<cpd::Verdict>(ours)));
      json.field("calls", static_cast<int64_t>(agreement_[board][ours])).close('}');
    }
  }
  return json.close(']').close('}').take();
}

}  // namespace board::dialogic
