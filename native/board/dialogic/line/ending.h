// How what is on a line is to end: its owner drops the call, the line is reset, or both. Of both, the reset tells that
// it is over, for the call too.
#pragma once

namespace board::dialogic {

class Ending {
 public:
  bool drop() const { return drop_; }
  bool reset() const { return reset_; }

  void wantDrop() { drop_ = true; }
  void wantReset() { reset_ = true; }
  // The reset was made, or cannot be.
  void resetOver() { reset_ = false; }
  // There is no call any more.
  void callOver() { drop_ = false; }

 private:
  bool drop_ = false, reset_ = false;
};

}  // namespace board::dialogic
