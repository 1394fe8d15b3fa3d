#include "board/sim/world/callee.h"

#include "board/sim/random.h"
#include "board/sim/world/switch.h"

namespace board::sim {
namespace {

// Sending levels per frequency of the North American precise tone plan; other networks are near them.
constexpr float kRingbackDbm0 = -19;
constexpr float kBusyDbm0 = -24;
constexpr float kMusicDbm0 = -20;
constexpr float kAnnouncementDbm0 = -20;

constexpr int32_t kBeepGapMs = 400;          // end of a greeting to its beep
constexpr int32_t kRecordingMs = 32'000;     // a machine listens so long
constexpr int32_t kDataPatienceMs = 40'000;  // T.30 T1 is 35 s
constexpr int32_t kDataGapMs = 3'000;
constexpr int32_t kTalkGapMs = 2'500;
constexpr int kNormalClearing = 16;  // Q.850

// Other lots than those that drew the subscriber from the same number.
constexpr uint64_t kCalleeSalt = 0xCA11ED;

struct Range {
  int32_t low, high;
};

Range routingRange(TrunkKind trunk) {
  switch (trunk) {
    case TrunkKind::kAnalog:
      return {1'500, 3'000};
    case TrunkKind::kIsdn:
      return {600, 1'800};
    case TrunkKind::kSip:
      return {400, 1'500};
  }
  return {0, 0};
}

void addTone(AudioScript& script, const char* name, const cpd::Cadence& cadence, float dbm0,
             const CalleeSources& from) {
  if (cadence.steps.empty()) return;
  script.repeatFromHere();
  script.clip(from.sounds.cadence(from.plan.code + " " + name, cadence, dbm0));
}

// SIT or the information tone of a plan, with an announcement after it, again and again.
void addIntercept(AudioScript& script, const Subscriber& subscriber, const CalleeSources& from,
                  Random& random) {
  const bool coded = subscriber.sit != cpd::SitCategory::kNone;
  script.repeatFromHere();
  if (!coded && !from.plan.info.steps.empty()) {
    script.clip(from.sounds.cadence(from.plan.code + " info", from.plan.info, kBusyDbm0));
  } else {
    script.clip(from.sounds.sit(coded ? subscriber.sit : cpd::SitCategory::kITU));
  }
  script.quiet(400);
  const ClipPtr words = subscriber.speech.empty() ? from.sounds.longVoice(random.next())
                                                  : from.sounds.wav(subscriber.speech[0]);
  script.clip(words, kAnnouncementDbm0);
  script.quiet(2'000);
}

// What this subscriber says: its own files, else one of the world's for its kind, else a made-up voice.
std::vector<ClipPtr> speechOf(const Subscriber& subscriber, const CalleeSources& from, Random& random) {
  std::vector<ClipPtr> speech;
  for (const std::string& path : subscriber.speech) speech.push_back(from.sounds.wav(path));
  if (!speech.empty()) return speech;
  const bool live = subscriber.kind == Kind::kLive;
  const auto& common = live ? from.world.mixLive : from.world.mixMachine;
  if (!common.empty()) return {from.sounds.wav(common[random.next() % common.size()])};
  return {live ? from.sounds.shortVoice(random.next()) : from.sounds.longVoice(random.next())};
}

void answerLive(Callee& callee, const Subscriber& subscriber, const CalleeSources& from, Random& random) {
  const std::vector<ClipPtr> speech = speechOf(subscriber, from, random);
  callee.person = true;
  callee.talkMs = subscriber.talkMs;
  callee.stayMs = subscriber.patienceMs;
  callee.greetingEndMs = subscriber.answerPauseMs + speech[0]->soundEndMs;
  callee.answered.quiet(subscriber.answerPauseMs);
  callee.answered.clip(speech[0], subscriber.levelDbm0);
  callee.answered.repeatFromHere();
  callee.talk.quiet(kTalkGapMs);
  callee.talk.repeatFromHere();
  for (size_t i = 1; i <= speech.size(); ++i) {
    const ClipPtr& next = speech[i % speech.size()];
    callee.answered.quiet(subscriber.repeatGapMs);
    callee.answered.clip(next, subscriber.levelDbm0);
    callee.talk.clip(next, subscriber.levelDbm0);
    callee.talk.quiet(kTalkGapMs);
  }
}

void answerRecorded(Callee& callee, const Subscriber& subscriber, const CalleeSources& from, Random& random,
                    bool beep) {
  const std::vector<ClipPtr> speech = speechOf(subscriber, from, random);
  callee.answered.quiet(subscriber.answerPauseMs);
  for (size_t i = 0; i < speech.size(); ++i) {
    if (i > 0) callee.answered.quiet(subscriber.repeatGapMs);
    if (i + 1 == speech.size()) callee.greetingEndMs = callee.answered.lengthMs() + speech[i]->soundEndMs;
    callee.answered.clip(speech[i], subscriber.levelDbm0);
  }
  if (beep && subscriber.beepMs > 0) {
    callee.answered.quiet(kBeepGapMs);
    callee.answered.clip(from.sounds.beep(subscriber.beepHz, subscriber.beepMs));
  }
  if (beep) callee.recordsFromMs = callee.answered.lengthMs();
  callee.stayMs = callee.answered.lengthMs() + kRecordingMs;
}

void answerData(Callee& callee, const Subscriber& subscriber, const ClipPtr& sound, int32_t gapMs) {
  callee.answered.quiet(subscriber.answerPauseMs);
  callee.answered.repeatFromHere();
  callee.answered.clip(sound);
  callee.answered.quiet(gapMs);
  callee.stayMs = kDataPatienceMs;
}

void ring(Callee& callee, const Subscriber& subscriber, const CalleeSources& from) {
  callee.alerts = true;
  callee.ringMs = subscriber.ringMs;
  if (subscriber.ringbackMusic.empty()) {
    addTone(callee.early, "ringback", from.plan.ringback, kRingbackDbm0, from);
  } else {
    callee.early.repeatFromHere();
    callee.early.clip(from.sounds.wav(subscriber.ringbackMusic), kMusicDbm0);
  }
}

}  // namespace

Callee makeCallee(const Subscriber& subscriber, const CalleeSources& from) {
  Random random(hashOf(subscriber.number, from.seed ^ kCalleeSalt));
  Callee callee;
  const Range routing = routingRange(from.trunk);
  callee.routingMs = random.whole(routing.low, routing.high);
  callee.noiseDbm0 = subscriber.noiseDbm0;
  callee.codec = subscriber.codec;
  callee.lossPct = subscriber.lossPct;
  callee.dtmf = subscriber.dtmf;
  callee.falseAnswerMs = subscriber.falseAnswerMs;
  const bool signalled = subscriber.cause >= 0 && from.trunk != TrunkKind::kAnalog;
  callee.cause = signalled ? subscriber.cause : kNormalClearing;

  switch (subscriber.kind) {
    case Kind::kBusy:
      callee.refused = signalled;
      addTone(callee.early, "busy", from.plan.busy, kBusyDbm0, from);
      return callee;
    case Kind::kCongestion:
      callee.refused = signalled;
      addTone(callee.early, "congestion", from.plan.congestion, kBusyDbm0, from);
      return callee;
    case Kind::kSit:
      callee.refused = signalled;
      addIntercept(callee.early, subscriber, from, random);
      return callee;
    case Kind::kUnobtainable:
      callee.refused = signalled;
      addTone(callee.early, "unobtainable", from.plan.numberUnobtainable, kBusyDbm0, from);
      if (callee.early.empty()) addIntercept(callee.early, subscriber, from, random);
      return callee;
    case Kind::kNoAnswer:
      ring(callee, subscriber, from);
      if (!signalled) callee.ringMs = kNoEnd;
      return callee;
    case Kind::kLive:
      answerLive(callee, subscriber, from, random);
      break;
    case Kind::kMachine:
      answerRecorded(callee, subscriber, from, random, true);
      break;
    case Kind::kScreening:
      answerRecorded(callee, subscriber, from, random, false);
      break;
    case Kind::kFax:
      if (random.chance(0.125)) {
        answerData(callee, subscriber, from.sounds.faxCalling(), 0);  // a forwarded, calling machine
      } else {
        answerData(callee, subscriber, from.sounds.faxAnswer(), kDataGapMs);
      }
      break;
    case Kind::kModem:
      answerData(callee, subscriber, random.chance(0.7) ? from.sounds.modemV8() : from.sounds.modemBell(),
                 kDataGapMs);
      break;
    case Kind::kSilence:
      callee.stayMs = subscriber.patienceMs;
      break;
  }
  callee.picksUp = true;
  ring(callee, subscriber, from);
  return callee;
}

Callee makeExtensionCallee(const Extension& extension, const CalleeSources& from) {
  Callee callee;
  callee.routingMs = kAcceptMs;
  const bool signals = from.trunk != TrunkKind::kAnalog;
  switch (extension.behaviour) {
    case ExtensionBehaviour::kBusy:
      callee.refused = signals;
      callee.cause = 17;
      addTone(callee.early, "busy", from.plan.busy, kBusyDbm0, from);
      return callee;
    case ExtensionBehaviour::kRefuse:
      callee.refused = signals;
      callee.cause = 21;
      addTone(callee.early, "congestion", from.plan.congestion, kBusyDbm0, from);
      return callee;
    case ExtensionBehaviour::kNoAnswer:
      break;
    case ExtensionBehaviour::kAnswer: {
      callee.picksUp = true;
      callee.ringMs = extension.answerMs;
      callee.cause = kNormalClearing;
      callee.talk.repeatFromHere();
      callee.talk.clip(from.sounds.longVoice(hashOf(extension.extension, from.seed)), -20);
      callee.talk.quiet(kTalkGapMs);
      break;
    }
  }
  callee.alerts = true;
  addTone(callee.early, "ringback", from.plan.ringback, kRingbackDbm0, from);
  return callee;
}

}  // namespace board::sim
