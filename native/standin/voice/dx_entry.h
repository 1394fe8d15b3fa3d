// What the functions of the voice library begin with.
#pragma once

#include "standin/engine/engine.h"
#include "standin/voice/voice_channel.h"

namespace standin {

// The channel behind a handle, which the entry checked.
inline VoiceChannel* channel(Entry& entry, int ch, Opened*& opened) {
  opened = entry.ready() ? entry.device(ch, What::kVoice) : nullptr;
  return opened != nullptr ? opened->voice : nullptr;
}

}  // namespace standin
