// The audio of a line on its way to the detector.
#include <doctest/doctest.h>

#include "board/dialogic/vendor/audio_stream.h"
#include "media/g711.h"

namespace {

using namespace board::dialogic;

TEST_CASE("dialogic: the stream is cut into frames, whatever the pieces, and its delay is measured") {
  AudioStream stream;
  const int fd = stream.attach();
  REQUIRE(fd >= 0);
  CHECK(stream.attach() == fd);
  stream.start(1'000, false);
  std::vector<char> piece(400);
  for (size_t i = 0; i < piece.size(); ++i)
    piece[i] = static_cast<char>(media::encodeUlaw(static_cast<int16_t>(i)));
  const vendor::DxUio functions = AudioStream::functions();
  CHECK(functions.u_write(fd, piece.data(), 400) == 400);
  CHECK(functions.u_write(fd + 1, piece.data(), 400) == -1);
  AudioStream::Frame frame;
  CHECK(stream.take(frame, 1'050));
  CHECK(frame.mediaMs == 0);
  CHECK(stream.take(frame, 1'050));
  CHECK(frame.mediaMs == 20);
  CHECK(frame.samples[0] == media::decodeUlaw(media::encodeUlaw(160)));
  CHECK(!stream.take(frame, 1'050));  // 80 bytes are no frame
  CHECK(stream.delayMs() == 30);      // the first frame ended at 20 and was taken at 50
  CHECK(functions.u_write(fd, piece.data(), 80) == 80);
  CHECK(stream.take(frame, 1'070));
  CHECK(frame.mediaMs == 40);
  stream.stop();
  functions.u_write(fd, piece.data(), 400);
  CHECK(!stream.take(frame, 1'200));
}

TEST_CASE("dialogic: sound that nobody takes for a minute is dropped, and told as lost") {
  AudioStream stream;
  const int fd = stream.attach();
  REQUIRE(fd >= 0);
  stream.start(0, true);
  const vendor::DxUio functions = AudioStream::functions();
  std::vector<char> second(cpd::kSampleRateHz);
  for (int i = 0; i < 61; ++i)
    CHECK(functions.u_write(fd, second.data(), cpd::kSampleRateHz) == cpd::kSampleRateHz);
  AudioStream::Frame frame;
  CHECK(stream.take(frame, 61'000));
  CHECK(frame.lost == 60'000 / cpd::kFrameMs);
  CHECK(frame.mediaMs == 60'000);
  CHECK(stream.take(frame, 61'000));
  CHECK(frame.lost == 0);
}

}  // namespace
