// Small texts of SIP messages, read and written. Pure; nothing here trusts what it reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace board::sip {

// The status of a message/sipfrag body (RFC 3420) that begins with a status line; nothing for anything else.
std::optional<int> sipfragStatus(std::string_view body);

// May stand in a header as it is: printable ASCII without quotes, commas, angle brackets and line ends.
bool isPlainHeaderText(std::string_view text);

// "Name: value" as it may stand in a message: a token, and printable ASCII with blanks.
bool isHeaderLine(std::string_view text);

// A host name, an IPv4 address or an IPv6 address without brackets, as configuration may name one.
bool isHost(std::string_view text);

// A user part of a SIP URI: what is not a digit, a letter or one of "+-_.!~*'()" is written as %XX.
std::string escapedUser(std::string_view user);

// User data for a User-to-User header (RFC 7433): hexadecimal, with its encoding named.
std::string userToUser(std::string_view data);

// "host" or "host:port" with IPv6 in brackets, as in a URI.
std::string hostPort(std::string_view host, int port);

}  // namespace board::sip
