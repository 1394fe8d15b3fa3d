#include "board/sim/sound/mix.h"

#include "board/sim/random.h"

namespace board::sim {
namespace {

struct Share {
  Kind kind;
  double share;
};

// An outbound campaign of an ordinary day; sums to 1.
constexpr Share kShares[] = {
    {Kind::kLive, 0.35},    {Kind::kMachine, 0.25},      {Kind::kNoAnswer, 0.15}, {Kind::kBusy, 0.08},
    {Kind::kSit, 0.06},     {Kind::kCongestion, 0.03},   {Kind::kFax, 0.03},      {Kind::kModem, 0.01},
    {Kind::kSilence, 0.02}, {Kind::kUnobtainable, 0.02},
};

constexpr cpd::SitCategory kCategories[] = {
    cpd::SitCategory::kIC,  cpd::SitCategory::kVC,  cpd::SitCategory::kRO1, cpd::SitCategory::kRO2,
    cpd::SitCategory::kNC1, cpd::SitCategory::kNC2, cpd::SitCategory::kITU,
};

Kind drawKind(Random& random) {
  double left = random.fraction();
  for (const Share& share : kShares) {
    left -= share.share;
    if (left < 0) return share.kind;
  }
  return Kind::kLive;
}

// Half of the refusals are signalled, half only heard.
int32_t drawCause(Kind kind, Random& random) {
  const bool signalled = random.chance(0.5);
  const bool first = random.chance(0.5);
  if (!signalled) return -1;
  switch (kind) {
    case Kind::kBusy:
      return 17;
    case Kind::kCongestion:
      return first ? 34 : 42;
    case Kind::kUnobtainable:
      return 1;
    default:
      return -1;
  }
}

std::string bare(const std::string& number) { return number.starts_with('+') ? number.substr(1) : number; }

}  // namespace

Numbers::Numbers(const World& world, uint64_t seed, bool nanpSit)
    : world_(world), seed_(seed), nanpSit_(nanpSit) {
  for (size_t i = 0; i < world.subscribers.size(); ++i) listed_.emplace(bare(world.subscribers[i].number), i);
}

Subscriber Numbers::find(const std::string& number) const {
  const auto listed = listed_.find(bare(number));
  if (listed != listed_.end()) return world_.subscribers[listed->second];
  Subscriber subscriber;
  subscriber.number = bare(number);
  if (!world_.mixUnlisted) {
    subscriber.kind = world_.unlisted;
    return subscriber;
  }
  Random random(hashOf(subscriber.number, seed_));
  subscriber.kind = drawKind(random);
  subscriber.ringMs = random.whole(3'000, 15'000);
  subscriber.answerPauseMs = random.whole(200, 1'200);
  if (subscriber.kind == Kind::kFax) subscriber.answerPauseMs = random.whole(1'800, 2'500);    // T.30
  if (subscriber.kind == Kind::kModem) subscriber.answerPauseMs = random.whole(1'800, 2'500);  // V.25
  subscriber.repeatGapMs = random.whole(1'800, 3'500);
  subscriber.levelDbm0 = static_cast<float>(random.between(-30, -14));
  subscriber.noiseDbm0 = static_cast<float>(random.between(-70, -50));
  subscriber.lossPct = random.chance(0.15) ? static_cast<float>(random.between(0.2, 1)) : 0;
  subscriber.beepHz = static_cast<float>(random.between(600, 1'600));
  subscriber.beepMs = random.whole(200, 700);
  subscriber.patienceMs = random.whole(8'000, 15'000);
  subscriber.talkMs = random.whole(15'000, 60'000);
  if (subscriber.kind == Kind::kSit && nanpSit_)
    subscriber.sit = kCategories[random.next() % std::size(kCategories)];
  subscriber.cause = drawCause(subscriber.kind, random);
  return subscriber;
}

}  // namespace board::sim
