// What is read of libre's messages.
#pragma once

#include <string>

#include "board/sip/signalling/libre.h"

namespace board::sip {

// The user part of our Contact.
constexpr const char* kContactUser = "cpdd";

std::string text(const pl& from);
// The first header of its kind; empty: none.
std::string headerText(const sip_msg* message, sip_hdrid id);
std::string bodyOf(const sip_msg* message);
// The number that a header begins with, -1: none.
int numberIn(const sip_msg* message, sip_hdrid id);
// 64 random bits.
std::string randomHex();
// The Q.850 cause of its Reason headers, -1: none.
int reasonCauseOf(const sip_msg* message);

inline bool isMethod(const sip_msg* request, const char* method) {
  return pl_strcmp(&request->met, method) == 0;
}

}  // namespace board::sip
