// Playing, recording, and digits.
#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "standin/engine/world.h"
#include "standin/voice/dx_entry.h"
#include "standin/voice/voice_numbers.h"

using namespace standin;

VENDOR_API int dx_playiottdata(int ch, DxIott* iott, const DvTpt* tpt, DxXpb* xpb, unsigned short mode) {
  Entry entry("dx_playiottdata");
  if ((mode & kAsync) == 0) entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->io(*opened, false, iott, tpt, xpb, mode, entry.lock) : -1;
}

VENDOR_API int dx_reciottdata(int ch, DxIott* iott, const DvTpt* tpt, DxXpb* xpb, unsigned short mode) {
  Entry entry("dx_reciottdata");
  if ((mode & kAsync) == 0) entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->io(*opened, true, iott, tpt, xpb, mode, entry.lock) : -1;
}

VENDOR_API int dx_play(int ch, DxIott* iott, const DvTpt* tpt, unsigned short mode) {
  return dx_playiottdata(ch, iott, tpt, nullptr, mode);
}

VENDOR_API int dx_rec(int ch, DxIott* iott, const DvTpt* tpt, unsigned short mode) {
  return dx_reciottdata(ch, iott, tpt, nullptr, mode);
}

namespace {

// Plays from or records to a file that the library opens, and closes when the operation is over.
int file(int ch, const char* path, const DvTpt* tpt, DxXpb* xpb, unsigned short mode, bool record) {
  const int descriptor =
      path == nullptr
          ? -1
          : ::open(path, record ? O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    Entry entry(record ? "dx_recf" : "dx_playf");
    Opened* opened = nullptr;
    VoiceChannel* voice = channel(entry, ch, opened);
    return voice != nullptr ? voice->fail(*opened, EDX_SYSTEM) : -1;
  }
  DxIott iott{};
  iott.type = IO_EOT;
  iott.fhandle = descriptor;
  iott.length = -1;
  const int result =
      record ? dx_reciottdata(ch, &iott, tpt, xpb, mode) : dx_playiottdata(ch, &iott, tpt, xpb, mode);
  Entry entry("dx_playf");
  VoiceChannel* voice = entry.ready() && result == 0 ? engine().find(ch)->voice : nullptr;
  if (voice == nullptr || !voice->busy()) {
    ::close(descriptor);
  } else {
    voice->ownFile = descriptor;
  }
  return result;
}

DxXpb waveFile() {
  DxXpb xpb{};
  xpb.fileFormat = 2;
  return xpb;
}

}  // namespace

VENDOR_API int dx_playf(int ch, const char* path, const DvTpt* tpt, unsigned short mode) {
  return file(ch, path, tpt, nullptr, mode, false);
}

VENDOR_API int dx_recf(int ch, const char* path, const DvTpt* tpt, unsigned short mode) {
  return file(ch, path, tpt, nullptr, mode, true);
}

VENDOR_API int dx_playvox(int ch, const char* path, const DvTpt* tpt, DxXpb* xpb, unsigned short mode) {
  return file(ch, path, tpt, xpb, mode, false);
}

VENDOR_API int dx_recvox(int ch, const char* path, const DvTpt* tpt, DxXpb* xpb, unsigned short mode) {
  return file(ch, path, tpt, xpb, mode, true);
}

// The file says its coding itself.
VENDOR_API int dx_playwav(int ch, const char* path, const DvTpt* tpt, DxXpb*, unsigned short mode) {
  DxXpb xpb = waveFile();
  return file(ch, path, tpt, &xpb, mode, false);
}

// The layout of what it fills in is not among the known facts.
VENDOR_API int dx_getfeaturelist(int ch, void*) {
  Entry entry("dx_getfeaturelist");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->fail(*opened, EDX_NOSUPPORT) : -1;
}

VENDOR_API int dx_setuio(DxUio uio) {
  Entry entry("dx_setuio");
  if (!entry.ready()) return -1;
  engine().world->uio = uio;
  return 0;
}

VENDOR_API int dx_setdevuio(int ch, DxUio* uio, DxUio** before) {
  Entry entry("dx_setdevuio");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (uio == nullptr) return voice->fail(*opened, EDX_BADPARM);
  if (before != nullptr) *before = voice->ownUio ? &voice->uio : nullptr;
  voice->uio = *uio;
  voice->ownUio = true;
  return 0;
}

VENDOR_API int dx_playtone(int ch, const TnGen* tone, const DvTpt* tpt, int mode) {
  Entry entry("dx_playtone");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (tone == nullptr) return voice->fail(*opened, EDX_BADPARM);
  return voice->playTone(*opened, *tone, tpt, mode, entry.lock);
}

// Of a cadence only the first tone is made, as often as its cycles say.
VENDOR_API int dx_playtoneEx(int ch, const TnGencad* cadence, const DvTpt* tpt, int mode) {
  if (cadence == nullptr || cadence->segments < 1) return -1;
  const TnGen tone = cadence->tone[0];
  return dx_playtone(ch, &tone, tpt, mode);
}

VENDOR_API void dx_bldtngen(TnGen* tone, unsigned short f1, unsigned short f2, short amp1, short amp2,
                            short duration) {
  if (tone != nullptr) *tone = TnGen{static_cast<uint16_t>(f2 != 0), f1, f2, amp1, amp2, duration};
}

VENDOR_API int dx_getdig(int ch, const DvTpt* tpt, DvDigit* digits, unsigned short mode) {
  Entry entry("dx_getdig");
  if ((mode & kAsync) == 0) entry.synchronous();
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  return voice != nullptr ? voice->digits(*opened, tpt, digits, mode, entry.lock) : -1;
}

VENDOR_API int dx_clrdigbuf(int ch) {
  Entry entry("dx_clrdigbuf");
  Opened* opened = nullptr;
  VoiceChannel* voice = channel(entry, ch, opened);
  if (voice == nullptr) return -1;
  if (voice->busy()) return voice->fail(*opened, EDX_BUSY);
  voice->digitBuffer.clear();
  return 0;
}
