#include "standin/voice/cpa.h"

#include <algorithm>
#include <utility>

#include "standin/engine/engine.h"
#include "standin/engine/world.h"
#include "standin/voice/tones.h"

namespace standin {
namespace {

using board::sim::Kind;

// How long each judgement takes from the moment its evidence begins, in ms.
constexpr double kSitMs = 1'100;  // three segments
constexpr double kFaxMs = 600;
constexpr double kPvdMs = 450;             // voice until it is one
constexpr double kQuickMs = 900;           // voice until it is a machine, at a glance
constexpr double kAccurateMs = 2'300;      // voice until it is too long for a person
constexpr double kGreetingGapMs = 500;     // silence that ends a person's greeting
constexpr double kAnnouncementMs = 1'400;  // SIT and its pause, before the words

struct SitForm {
  cpd::SitCategory category;
  double hz[3];
  int ms10[3];
  int tone;
};
using cpd::SitCategory;
constexpr SitForm kSitForms[] = {
    {SitCategory::kIC, {913.8, 1370.6, 1776.7}, {27, 27, 38}, TID_SIT_IC},
    {SitCategory::kVC, {985.2, 1370.6, 1776.7}, {38, 27, 38}, TID_SIT_VC},
    {SitCategory::kRO1, {913.8, 1428.5, 1776.7}, {27, 38, 38}, TID_SIT_RO},
    {SitCategory::kRO2, {985.2, 1370.6, 1776.7}, {27, 38, 38}, TID_SIT_RO_INTERLATA},
    {SitCategory::kNC1, {985.2, 1428.5, 1776.7}, {38, 38, 38}, TID_SIT_NC},
    {SitCategory::kNC2, {913.8, 1370.6, 1776.7}, {38, 38, 38}, TID_SIT_NC_INTERLATA},
    {SitCategory::kR1, {913.8, 1428.5, 1776.7}, {38, 27, 38}, TID_SIT_IO},
    {SitCategory::kR2, {985.2, 1428.5, 1776.7}, {27, 27, 38}, TID_SIT_ANY},
    {SitCategory::kITU, {950, 1400, 1800}, {33, 33, 33}, TID_SIT_ANY},
};

const SitForm& formOf(SitCategory category) {
  for (const SitForm& form : kSitForms) {
    if (form.category == category) return form;
  }
  return kSitForms[std::size(kSitForms) - 1];
}

}  // namespace

Cpa::Cpa(Engine& engine, Tones& tones, NetworkLine& line, CpaSettings settings, Done done)
    : engine_(engine), tones_(tones), line_(line), settings_(settings), done_(std::move(done)) {
  for (const Follower* other : line.followers) {
    // Global Call's analysis and dx_dial's must not run in the same phase.
    if (other->following()) engine.misuse.count("analysis_mixed", line.name);
  }
  line.followers.push_back(this);
  if (line.active && line.active->dialled()) begin(line.active);
}

Cpa::~Cpa() {
  std::erase(line_.followers, this);
  engine_.agenda.forget(this);
}

void Cpa::follows(const LegPtr& leg, const board::sim::LineSignals& signals) {
  if (over_ || leg != line_.active) return;
  if (!leg_ && leg->dialled()) begin(leg);
  if (leg != leg_) return;
  const bool answer = settings_.answerPhase && signals.pickedUp;
  if (answer && !answeredSeen_) {
    answeredSeen_ = true;
    engine_.agenda.forget(this);
    answered(*leg);
  }
}

void Cpa::connected() {
  if (over_ || answeredSeen_) return;
  engine_.agenda.forget(this);
  if (!settings_.answerPhase) {
    over_ = true;
    return;
  }
  if (leg_) connect(settings_.failMs, CON_CAD, *leg_);
}

void Cpa::begin(const LegPtr& leg) {
  leg_ = leg;
  if (leg->pickedUpAt >= 0) {
    answeredSeen_ = true;
    answered(*leg);
  } else {
    early(*leg);
  }
}

void Cpa::early(const Leg& leg) {
  const double at = std::max(0.0, leg.earlyAt() - engine_.now());
  const cpd::TonePlan& plan = *cpd::findTonePlan(leg.plan);
  CpaResult none;
  none.result = CR_NORB;
  // A refusal comes by signalling; the line itself stays silent.
  if (leg.callee.refused) return decide(settings_.noSignalMs, none);
  const auto tone = [&](const cpd::Cadence& cadence) {
    const Tones::Match match = tones_.busy(cadence, line_);
    if (!match.id || !settings_.busy) return decide(at + settings_.noSignalMs, none);
    CpaResult busy;
    busy.result = CR_BUSY;
    busy.tone = match.id;
    decide(at + match.afterMs, busy);
  };
  if (leg.extension && !leg.callee.alerts) return tone(plan.busy);
  switch (leg.extension ? Kind::kLive : leg.kind) {
    case Kind::kBusy:
      return tone(plan.busy);
    case Kind::kCongestion:
      return tone(plan.congestion);
    case Kind::kUnobtainable:
      if (!plan.numberUnobtainable.steps.empty()) return tone(plan.numberUnobtainable);
      [[fallthrough]];
    case Kind::kSit: {
      const SitForm& form = formOf(leg.sit == SitCategory::kNone ? SitCategory::kITU : leg.sit);
      bool heard = settings_.sit;
      for (int i = 0; i < 3 && !settings_.frequencyIds; ++i) {
        const auto& window = settings_.windows[i];
        if (window.low > 0) heard = heard && form.hz[i] >= window.low && form.hz[i] <= window.high;
      }
      if (!heard) {
        if (settings_.pvd) return connect(at + kAnnouncementMs + kPvdMs, CON_PVD, leg);
        return connect(at + kAnnouncementMs + settings_.failMs, CON_CAD, leg);
      }
      CpaResult intercept;
      intercept.result = CR_CEPT;
      intercept.sit = form.category;
      if (settings_.frequencyIds) intercept.tone = form.tone;
      for (int i = 0; i < 3; ++i) {
        if (!settings_.frequencyIds && settings_.windows[i].low <= 0) continue;
        intercept.hz[i] = static_cast<int>(form.hz[i]);
        intercept.ms10[i] = form.ms10[i];
      }
      return decide(at + kSitMs, intercept);
    }
    default:
      break;
  }
  if (!settings_.ringing) return;
  if (!leg.callee.alerts || leg.callee.early.empty()) return decide(at + settings_.noSignalMs, none);
  const bool rings = !leg.music && tones_.ringback(plan.ringback, line_);
  // Music instead of ringback is sound without a break.
  if (!rings) return decide(at + settings_.longSoundMs, none);
  CpaResult noAnswer;
  noAnswer.result = CR_NOANS;
  noAnswer.tone = TID_RNGBK1;
  decide(at + settings_.noAnswerMs, noAnswer);
}

void Cpa::answered(const Leg& leg) {
  // The switch reverses loop current when one of its own extensions answers.
  const bool analog = line_.family == Family::kSpringware;
  if (analog && (settings_.loopAnswer || (settings_.loopCurrent && leg.extension)))
    return connect(100, CON_LPC, leg);
  const double fail = settings_.failMs;
  switch (leg.extension ? Kind::kSilence : leg.kind) {
    case Kind::kFax: {
      if (!settings_.fax) return connect(fail, CON_CAD, leg);
      CpaResult fax;
      fax.result = CR_FAXTONE;
      // The answering machine's tone: Springware hears what follows its 2100 Hz, DM3 the tone itself.
      fax.tone = line_.family == Family::kSpringware ? TID_FAX1 : TID_FAX2;
      fax.hz[0] = line_.family == Family::kSpringware ? 1650 : 2100;
      return decide(kFaxMs, fax);
    }
    case Kind::kModem:
      if (settings_.fax && line_.family != Family::kSpringware) {
        CpaResult tone;
        tone.result = CR_FAXTONE;
        tone.tone = TID_FAX2;
        tone.hz[0] = 2100;
        return decide(kFaxMs, tone);
      }
      return connect(fail, CON_CAD, leg);
    case Kind::kSilence:
      return connect(settings_.maxRingGapMs, CON_CAD, leg);
    default:
      return voice(leg);
  }
}

// Times from pick-up. A machine is one by what it is, not by the length of what it says.
void Cpa::voice(const Leg& leg) {
  const double end = leg.callee.greetingEndMs;
  const double since = engine_.now() - leg.pickedUpAt;
  const double start = std::min(400.0, end);
  const bool machine = leg.kind == Kind::kMachine || leg.kind == Kind::kScreening;
  const auto from = [since](double at) { return std::max(40.0, at - since); };
  if (!settings_.pvd) {
    // The break of the cadence, reported when what is said is over.
    const double over = settings_.answerEndGapMs > 0 ? end + settings_.answerEndGapMs : start + 200;
    return connect(from(std::min(over, settings_.maxAnswerMs)), CON_CAD, leg);
  }
  if (!settings_.pamd) return connect(from(start + kPvdMs), CON_PVD, leg);
  const double latest = settings_.failMs;
  if (settings_.quick)
    return connect(from(std::min(start + kQuickMs, latest)), machine ? CON_PAMD : CON_PVD, leg);
  const double judged = machine ? start + kAccurateMs : std::min(end + kGreetingGapMs, start + kAccurateMs);
  connect(from(std::min(judged, latest)), machine ? CON_PAMD : CON_PVD, leg);
}

void Cpa::connect(double atMs, int type, const Leg& leg) {
  CpaResult result;
  result.result = CR_CNCT;
  result.connType = type;
  if (leg.callee.greetingEndMs > 0 && leg.pickedUpAt >= 0) {
    const double cap = std::min<double>(leg.callee.greetingEndMs, settings_.maxAnswerMs);
    result.answerSize = static_cast<int>(cap / 10);
  }
  const cpd::TonePlan& plan = *cpd::findTonePlan(leg.plan);
  if (leg.callee.alerts && plan.ringback.steps.size() >= 2) {
    result.sizeHigh = static_cast<int>(plan.ringback.steps[0].ms / 10);
    result.shortLow = result.longLow = static_cast<int>(plan.ringback.steps[1].ms / 10);
  }
  decide(atMs, result);
}

void Cpa::decide(double atMs, CpaResult result) {
  engine_.after(std::max(20.0, atMs), this, [this, result] { finish(result); });
}

void Cpa::finish(const CpaResult& result) {
  if (over_) return;
  over_ = true;
  engine_.agenda.forget(this);
  const Done done = done_;
  done(result);  // may destroy this
}

}  // namespace standin
