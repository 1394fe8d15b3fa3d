// ATDX_ attributes of a voice channel.
#include "standin/engine/world.h"
#include "standin/voice/dx_entry.h"
#include "standin/voice/voice_numbers.h"

using namespace standin;

namespace {

using Ask = long (*)(const VoiceChannel&);
long ask(int ch, const char* function, Ask answer) {
  Entry entry(function);
  Opened* opened = nullptr;
  const VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? answer(*voice) : -1;
}

}  // namespace

#define ATTRIBUTE(name, answer)                                                          \
  VENDOR_API vlong ATDX_##name(int ch) {                                                 \
    return ask(ch, "ATDX_" #name, [](const VoiceChannel& v) -> long { return answer; }); \
  }

ATTRIBUTE(CPTERM, v.result.result)
ATTRIBUTE(CPERROR, v.cpError)
ATTRIBUTE(CONNTYPE, v.result.connType)
ATTRIBUTE(CRTNID, v.result.tone)
ATTRIBUTE(ANSRSIZ, v.result.answerSize)
ATTRIBUTE(LONGLOW, v.result.longLow)
ATTRIBUTE(SHORTLOW, v.result.shortLow)
ATTRIBUTE(SIZEHI, v.result.sizeHigh)
ATTRIBUTE(FRQHZ, v.result.hz[0])
ATTRIBUTE(FRQHZ2, v.result.hz[1])
ATTRIBUTE(FRQHZ3, v.result.hz[2])
ATTRIBUTE(FRQDUR, v.result.ms10[0])
ATTRIBUTE(FRQDUR2, v.result.ms10[1])
ATTRIBUTE(FRQDUR3, v.result.ms10[2])
ATTRIBUTE(FRQOUT, v.result.outside)
ATTRIBUTE(DTNFAIL, v.dtnFail)
ATTRIBUTE(STATE, v.state())
ATTRIBUTE(HOOKST, v.offHook() ? 1 : 0)
ATTRIBUTE(LINEST, (v.loopCurrent() ? RLS_LCSENSE : 0) | (v.offHook() ? 0 : RLS_HOOK))
ATTRIBUTE(TERMMSK, v.termMask)
ATTRIBUTE(TONEID, v.toneId)
ATTRIBUTE(TRCOUNT, v.transferred)
ATTRIBUTE(BUFDIGS, static_cast<long>(v.digitBuffer.size()))
ATTRIBUTE(RINGCNT, 0 * v.termMask)
ATTRIBUTE(CHNUM, v.name.back() - '0')
ATTRIBUTE(DEVTYPE, 0 * v.termMask + 3)
ATTRIBUTE(BDTYPE, 0 * v.termMask)
ATTRIBUTE(NUMCHAN, 0 * v.termMask + 4)
ATTRIBUTE(PRODUCT, 0 * v.termMask)
ATTRIBUTE(FWVER, 0 * v.termMask)
ATTRIBUTE(PHYADDR, 0 * v.termMask)

VENDOR_API char* ATDX_BDNAMEP(int ch) {
  static thread_local std::string board;
  Entry entry("ATDX_BDNAMEP");
  Opened* opened = nullptr;
  const VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return nullptr;
  board = voice->name.substr(0, voice->name.find('C'));
  return board.data();
}

VENDOR_API char** ATDX_CHNAMES(int dev) {
  static std::vector<std::string> names;
  static std::vector<char*> pointers;
  Entry entry("ATDX_CHNAMES");
  const Opened* opened = entry.ready() ? entry.device(dev, What::kVoiceBoard) : nullptr;
  const auto* devices = opened != nullptr ? engine().world->subdevices(opened->name) : nullptr;
  if (devices == nullptr) return nullptr;
  names = *devices;
  pointers.clear();
  for (std::string& name : names) pointers.push_back(name.data());
  pointers.push_back(nullptr);
  return pointers.data();
}
