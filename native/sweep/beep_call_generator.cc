#include "sweep/beep_call_generator.h"

#include <algorithm>

namespace sweep {

namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr size_t kFlutterSamples = 40;
constexpr double kVoiceBelowDb = 4;
constexpr double kGreetingMs = 2500;  // shorter ones may be a person's word

// One tone: gliding from one frequency to another, with overtones, dying away.
struct Note {
  double hz = 1000, toHz = 1000, ms = 300;
  double decayDbPerS = 0;
  double overtonesDb = -90;  // of the second; the third is 6 dB below that
  double edgeMs = 4;
  double fourthDb = -90;  // the overtone of bars that are struck
  double flutterDb = 0;   // of the level, from one 5 ms to the next, as speech coders leave it
};

Sound play(const Note& note, double dbm0, Random& random) {
  const auto n = static_cast<size_t>(note.ms * kSamplesPerMs);
  Sound x(n);
  double phase = 0, flutter = 0, flutterTo = 0;
  for (size_t i = 0; i < n; ++i) {
    if (i % kFlutterSamples == 0) {
      flutter = flutterTo;
      flutterTo = note.flutterDb == 0 ? 0 : note.flutterDb * random.normal();
    }
    const double between = static_cast<double>(i % kFlutterSamples) / kFlutterSamples;
    const double flutterNow = fromDb(flutter + between * (flutterTo - flutter));
    const double part = static_cast<double>(i) / static_cast<double>(n), t = static_cast<double>(i) / 8000;
    phase += kTurn * (note.hz + part * (note.toHz - note.hz)) / 8000;
    const double overtone = fromDb(note.overtonesDb);
    const double v = std::sin(phase) + overtone * std::sin(2 * phase) + overtone / 2 * std::sin(3 * phase) +
                     fromDb(note.fourthDb) * std::sin(4 * phase);
    const double edge = std::min({1.0, t * 1000 / note.edgeMs, static_cast<double>(n - i) / 8 / note.edgeMs});
    x[i] = static_cast<float>(peakAt(dbm0) * v * edge * flutterNow * fromDb(-note.decayDbPerS * t));
  }
  return x;
}

constexpr const char* kNames[] = {
    "plain",  "overtones", "decaying", "chirp", "two tones",  "double",    "triple",   "soft edges",
    "struck", "pair",      "usual",    "soft",  "at once",    "flutter",   "click",    "gain control",
    "babble", "fading",    "coded",    "high",  "short pair", "last word", "far below"};

// A pair that a decoder of keys may take (ITU-T Q.24: must not from 3.5 % on).
bool isKey(double hz, double otherHz) {
  constexpr double kRows[] = {697, 770, 852, 941}, kColumns[] = {1209, 1336, 1477, 1633};
  const auto isOne = [](const double(&of)[4], double v) {
    return std::any_of(std::begin(of), std::end(of),
                       [v](double each) { return std::abs(v - each) < 0.035 * each; });
  };
  return isOne(kRows, std::min(hz, otherHz)) && isOne(kColumns, std::max(hz, otherHz));
}

Sound beep(BeepKind kind, double dbm0, Random& random) {
  Note note;
  note.hz = 400 * std::pow(2100.0 / 400, random.unit());
  note.toHz = note.hz;
  note.ms = 80 * std::pow(2000.0 / 80, random.unit());
  note.edgeMs = random.between(1, 8);
  Sound x;
  switch (kind) {
    case kPlain:
    case kSoft:
    case kAtOnce:
    case kClick:
    case kAgc:
    case kBabble:
    case kLastWord:
    case kFarBelow:
    case kBeepKinds:
      break;
    case kFading:
    case kCoded:
      note.ms = std::min(std::max(note.ms, 120.0), 800.0);
      note.decayDbPerS = random.between(30, 200);
      break;
    case kHigh:
      note.hz = note.toHz = random.between(2290, 2800);
      break;
    case kStruck:
      note.ms = std::min(std::max(note.ms, 150.0), 900.0);
      note.decayDbPerS = random.between(40, 160);
      note.edgeMs = random.between(1, 3);
      note.hz = note.toHz = std::min(note.hz, 1600.0);
      note.fourthDb = note.hz < 850 ? random.between(-40, -16) : -90;
      break;
    case kUsual: {
      constexpr double kHz[] = {1000, 1000, 850, 425, 440, 1400, 800, 600};
      note.hz = note.toHz = kHz[random.below(8)];
      note.ms = note.hz < 500 ? random.between(300, 2000) : random.between(200, 1000);
      break;
    }
    case kFlutter:
      note.flutterDb = random.between(0.3, 1.5);
      break;
    case kPair:
    case kShortPair: {
      note.ms = kind == kPair ? std::max(note.ms, 200.0) : random.between(100, 180);
      Note other = note;
      do other.hz = other.toHz = std::clamp(note.hz * random.between(1.15, 1.9), 500.0, 2400.0);
      while (isKey(note.hz, other.hz));
      x = play(note, dbm0 - 3, random);
      const Sound second = play(other, dbm0 - 3 - random.between(0, 6), random);
      for (size_t i = 0; i < x.size(); ++i) x[i] += second[i];
      return x;
    }
    case kOvertones:
      note.hz = note.toHz = std::sqrt(400 * note.hz);  // the third overtone within the band
      note.overtonesDb = random.between(-30, -10);
      break;
    case kDecaying:
      note.ms = std::min(note.ms, 800.0);
      note.decayDbPerS = random.between(10, 60);
      note.overtonesDb = random.between(-40, -16);
      break;
    case kChirp:
      note.ms = std::min(note.ms, 500.0);
      note.toHz = std::min(2100.0, note.hz * random.between(0.9, 1.1));
      break;
    case kTwoTones: {
      note.ms = random.between(80, 300);
      x = play(note, dbm0, random);
      note.hz = note.toHz =
          std::clamp(note.hz * (random.chance(0.5) ? random.between(1.12, 1.6) : random.between(0.6, 0.9)),
                     400.0, 2100.0);
      break;
    }
    case kDouble:
    case kTriple: {
      note.ms = random.between(80, 250);
      const double gap = random.between(40, 130);
      for (int i = kind == kTriple ? 2 : 1; i > 0; --i) {
        append(x, play(note, dbm0, random));
        append(x, quiet(gap));
      }
      break;
    }
    case kSoftEdges:
      note.edgeMs = random.between(8, 25);
      break;
  }
  append(x, play(note, dbm0, random));
  if (kind == kFlutter && random.chance(0.5) && x.size() > 6 * cpd::kFrameSamples) {
    const auto at = static_cast<size_t>(random.below(static_cast<int>(x.size() - 2 * cpd::kFrameSamples)));
    std::fill_n(x.begin() + static_cast<std::ptrdiff_t>(at), cpd::kFrameSamples, 0.0f);
  }
  return x;
}

Sound greeting(const Speech& speech, double dbm0, Random& random) {
  Sound x = speech.any("machine", dbm0, random);
  while (static_cast<double>(x.size()) < kGreetingMs * kSamplesPerMs) {
    append(x, quiet(random.between(100, 500)));
    append(x, speech.any("machine", dbm0, random));
  }
  return x;
}

// What a room adds to a voice: a decaying tail of echoes.
void addRoom(Sound& x, Random& random) {
  const double perSecond = 6.9 / random.between(0.2, 0.7);  // e-folds of the amplitude: 60 dB
  Sound echoes(2400);
  for (size_t i = 0; i < echoes.size(); ++i)
    echoes[i] =
        i % 7 == 0
            ? static_cast<float>(random.normal() * std::exp(-perSecond * static_cast<double>(i) / 8000))
            : 0;
  const double gain = fromDb(random.between(-26, -14));
  Sound wet(x.size() + echoes.size(), 0.0f);
  for (size_t k = 0; k < echoes.size(); k += 7)
    for (size_t i = 0; i < x.size(); ++i) wet[i + k] += echoes[k] * x[i];
  for (size_t i = 0; i < wet.size(); ++i)
    wet[i] = static_cast<float>(gain * wet[i]) + (i < x.size() ? x[i] : 0);
  x = std::move(wet);
}

// Noise whose level climbs while nothing is louder, and falls at once when something is.
void addGainControl(Sound& x, Random& random) {
  const double mostDb = random.between(-50, -34), leastDb = mostDb - random.between(10, 25);
  const double dbPerSample = random.between(20, 100) / 8000;
  double nowDb = mostDb, level = 0;
  for (float& v : x) {
    level = std::max(static_cast<double>(std::abs(v)), level * 0.9995);
    nowDb = level > peakAt(mostDb) ? std::max(leastDb, nowDb - 0.05) : std::min(mostDb, nowDb + dbPerSample);
    v += static_cast<float>(random.normal() * peakAt(nowDb) / std::numbers::sqrt2);
  }
}

void addBabble(Sound& x, double dbm0, const Speech& speech, Random& random) {
  constexpr int kVoices = 4;
  for (int voice = 0; voice < kVoices; ++voice) {
    size_t at = 0;
    while (at < x.size()) {
      const Sound said = speech.any("machine", dbm0 - dbOf(2), random);  // their powers add up
      for (size_t i = 0; i < said.size() && at + i < x.size(); ++i) x[at + i] += said[i];
      at += said.size() + static_cast<size_t>(random.between(0, 200) * kSamplesPerMs);
    }
  }
}

void addClick(Sound& x, double dbm0, Random& random) {
  const double hz = random.between(300, 2500), perSecond = random.between(300, 1500);
  for (size_t i = 0; i < 160; ++i) {
    const double t = static_cast<double>(i) / 8000;
    x.push_back(static_cast<float>(peakAt(dbm0) * std::exp(-perSecond * t) * std::sin(kTurn * hz * t + 1)));
  }
  append(x, quiet(random.between(10, 150)));
}

// Where its last word ends: behind it there is only what is 15 dB softer.
size_t endOfVoice(const Sound& x) {
  const double least = activeRms(x) * fromDb(-15);
  size_t end = x.size();
  while (end > 0 && std::abs(x[end - 1]) < least) --end;
  return end;
}

// `sound` begins at `at`, with what goes on there.
void mixAt(Sound& call, const Sound& sound, size_t at) {
  call.resize(std::max(call.size(), at + sound.size()), 0.0f);
  for (size_t i = 0; i < sound.size(); ++i) call[at + i] += sound[i];
}

}  // namespace

const char* nameOf(BeepKind kind) { return kNames[kind]; }

BeepCall beepCall(const Options& options, const Speech& speech, BeepKind kind, Condition condition, int n) {
  Random random = options.draw(n, 100 * kind + static_cast<int>(condition));
  double dbm0 = random.between(-28, -8);
  Sound call = quiet(random.between(50, 1200));
  // The noise is drawn against the beep: what it covers is no greeting.
  const bool softer = kind == kSoft || kind == kFarBelow;
  const double voiceDbm0 = std::max(random.between(-30, -14), softer ? -90 : dbm0 - kVoiceBelowDb);
  append(call, greeting(speech, voiceDbm0, random));
  if (kind == kSoft) dbm0 = std::max(-40.0, voiceDbm0 - random.between(15, 22));
  if (kind == kFarBelow) dbm0 = std::max(-40.0, voiceDbm0 - random.between(22, 28));
  if (kind == kAtOnce) {
    const size_t voiceEnds = call.size();
    addRoom(call, random);
    call.resize(voiceEnds + static_cast<size_t>(random.between(20, 150) * kSamplesPerMs));
  } else if (kind != kLastWord) {
    append(call, quiet(random.between(30, 1300)));
  }
  if (kind == kClick) addClick(call, dbm0 - random.between(-6, 10), random);
  size_t at = call.size();
  if (kind == kLastWord) {
    call.resize(endOfVoice(call));
    at = call.size() - std::min(call.size(), static_cast<size_t>(random.between(10, 80) * kSamplesPerMs));
  }
  BeepCall made;
  made.startMs = static_cast<double>(at) / kSamplesPerMs;
  const Sound sound = beep(kind, dbm0, random);
  made.endMs = made.startMs + static_cast<double>(sound.size()) / kSamplesPerMs;
  mixAt(call, sound, at);
  append(call, quiet(random.between(2000, 4000)));
  if (kind == kAgc) addGainControl(call, random);
  if (kind == kBabble) addBabble(call, dbm0 - random.between(10, 18), speech, random);
  // Noise against the beep, not against the greeting.
  const double snr = random.between(8, 20) + (kind == kFarBelow ? 6 : 0) +
                     dbOf(activeRms(call) / std::max(1.0, activeRms(sound)));
  if (kind == kCoded) call = throughGsm(call);
  made.heard = throughLine(std::move(call), condition, snr, random);
  return made;
}

}  // namespace sweep
