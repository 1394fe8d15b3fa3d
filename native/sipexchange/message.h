// SIP messages as text, as the stand-in exchange reads and writes them. Written apart from the board, which has libre for
// it: what the two understand of each other is no shared mistake.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sipexchange {

struct Message {
  std::string method;  // of a request; empty: a response
  std::string uri;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // in their order
  std::string body;

  bool isRequest() const { return !method.empty(); }
  // The first of that name, in any case; empty: none.
  std::string header(const std::string& name) const;
};

std::optional<Message> readMessage(const std::string& text);

// The response to a request, with what it must repeat of it; `toTag` where the request has none yet.
std::string responseTo(const Message& request, int status, const std::string& reason,
                       const std::string& toTag, const std::vector<std::string>& headers = {},
                       const std::string& body = {});

// "a" of "<sip:x>;tag=a;b"; empty: there is none.
std::string parameter(const std::string& header, const std::string& name);
// "sip:x" of "\"Name\" <sip:x>;tag=a".
std::string uriOf(const std::string& header);
// "7001" of "sip:7001@host:5060;x".
std::string userOf(const std::string& uri);

}  // namespace sipexchange
