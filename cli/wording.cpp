#include "cli/wording.hpp"

#include <array>
#include <cctype>
#include <chrono>
#include <google/protobuf/descriptor.h>
#include <regex>

#include "cli/local_time.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

struct FieldFlag {
  std::string_view field;
  std::string_view flag;  // empty: what follows says it without
};

// Fields of the requests that benchctl fills from a flag or an argument.
constexpr std::array kFieldFlags = {
    FieldFlag{"again", "RUN"},
    FieldFlag{"answers", "--answer"},
    FieldFlag{"attendance", "--unattended"},
    FieldFlag{"bench", "--bench"},
    FieldFlag{"bench_count", "--together"},
    FieldFlag{"benches", "BENCH"},
    FieldFlag{"dead_man_duration", "--dead-man"},
    FieldFlag{"duration", "--for"},
    FieldFlag{"dut", "--dut"},
    FieldFlag{"dut.hazards", "--hazard"},
    FieldFlag{"dut.kind", "--kind"},
    FieldFlag{"dut.maker", "--maker"},
    FieldFlag{"dut.mass_kg", "--mass"},
    FieldFlag{"dut.model", "--model"},
    FieldFlag{"dut.ratings", ""},
    FieldFlag{"dut.serial", "--serial"},
    FieldFlag{"dut.title", "--title"},
    FieldFlag{"dut_id", "ID"},
    FieldFlag{"earliest_time", "--from"},
    FieldFlag{"external_id", "--external-id"},
    FieldFlag{"format", "--format"},
    FieldFlag{"latest_time", "--until"},
    FieldFlag{"layout", "--layout"},
    FieldFlag{"layouts", "--layout"},
    FieldFlag{"needs", "--needs"},
    FieldFlag{"page_size", "--count"},
    FieldFlag{"parameters", "--param"},
    FieldFlag{"reason", "--reason"},
    FieldFlag{"recurrence", "--repeat"},
    FieldFlag{"removal_confirmed", "--removed"},
    FieldFlag{"sequence", "--sequence"},
    FieldFlag{"sequence_id", "ID"},
    FieldFlag{"sequence_version", "--version"},
    FieldFlag{"setpoints", "SETPOINT"},
    FieldFlag{"source_text", "--file"},
    FieldFlag{"start_time", "--at"},
    FieldFlag{"title", "--title"},
    FieldFlag{"version", "--version"},
};

struct Collection {
  std::string_view segment;
  std::string_view placeholder;
};
constexpr std::array kCollections = {
    Collection{"benches", "BENCH"}, Collection{"bookings", "BOOKING"},   Collection{"duts", "DUT"},
    Collection{"runs", "RUN"},      Collection{"sequences", "SEQUENCE"},
};

// "answers[0].item" → "answers"; "dut.ratings[2].unit" → "dut.ratings".
std::string_view field_of(std::string_view path) {
  const auto index = path.find('[');
  if (index != std::string_view::npos) path = path.substr(0, index);
  if (path.starts_with("parameters.")) return "parameters";
  return path;
}

std::string replaced(const std::string& text,
                     const std::regex& pattern,
                     std::string (*by)(const std::string&)) {
  std::string out;
  auto rest = text.begin();
  for (auto found = std::sregex_iterator(text.begin(), text.end(), pattern);
       found != std::sregex_iterator(); ++found) {
    out.append(rest, (*found)[0].first);
    out += by(found->str());
    rest = (*found)[0].second;
  }
  return out.append(rest, text.end());
}

std::string local(const std::string& utc) {
  const auto moment = parse_moment(utc, {});
  return moment ? friendly_time(*moment) : utc;
}

std::string shortened(const std::string& name) { return short_id(name); }

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string plain_words(std::string text) {
  static const std::regex kUtc("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
  static const std::regex kName("tenants/[a-z0-9-]+/(bookings|jobs|runs)/[a-z]-[a-z0-9]{26}");
  return replaced(replaced(text, kUtc, local), kName, shortened);
}

std::string with_flags(const std::string& text) {
  const auto colon = text.find(": ");
  if (colon == std::string::npos) return text;
  const std::string path = text.substr(0, colon);
  const auto field = field_of(path);
  for (const FieldFlag& each : kFieldFlags) {
    if (each.field != field) continue;
    if (each.flag.empty()) return text.substr(colon + 2);
    const bool is_parameter = path.starts_with("parameters.");
    return std::string(each.flag) + (is_parameter ? ' ' + path.substr(path.find('.') + 1) : "") +
           text.substr(colon);
  }
  return text;
}

void add_name(const std::string& name, HintNames& names) {
  const auto last = name.rfind('/');
  if (last == std::string::npos || last == 0) return;
  const auto before = name.rfind('/', last - 1);
  const std::string_view segment = std::string_view(name).substr(before + 1, last - before - 1);
  for (const Collection& each : kCollections) {
    if (each.segment == segment) names[std::string(each.placeholder)] = short_id(name);
  }
}

HintNames names_in(const google::protobuf::Message& request) {
  HintNames names;
  const auto& descriptor = *request.GetDescriptor();
  const auto& reflection = *request.GetReflection();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const auto* field = descriptor.field(i);
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) continue;
    if (!field->is_repeated()) {
      add_name(reflection.GetString(request, field), names);
    } else if (reflection.FieldSize(request, field) == 1) {
      add_name(reflection.GetRepeatedString(request, field, 0), names);
    }
  }
  return names;
}

std::string with_names(std::string_view hint, const HintNames& names) {
  std::string out;
  bool in_command = false;
  for (std::size_t at = 0; at < hint.size();) {
    std::size_t end = at;
    while (end < hint.size() && is_letter(hint[end])) ++end;
    if (end == at) {
      if (hint[at] == '`') in_command = !in_command;
      out += hint[at++];
      continue;
    }
    const auto word = hint.substr(at, end - at);
    const auto found = in_command ? names.find(word) : names.end();
    out += found == names.end() ? word : std::string_view(found->second);
    at = end;
  }
  return out;
}

}  // namespace benchd::cli
