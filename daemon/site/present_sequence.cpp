#include <string>

#include "daemon/config/files.hpp"
#include "daemon/site/names.hpp"
#include "daemon/site/present.hpp"
#include "daemon/units/quantity.hpp"

namespace benchd::site {

namespace {

// Texts in a checked file are right.
std::optional<double> value_in(const std::string& text, const units::Unit& unit) {
  if (text.empty()) return std::nullopt;
  const auto value = units::parse_as(text, unit);
  return value ? std::optional{*value} : std::nullopt;
}

v1::ParameterType type_of(const config::v1::Parameter& parameter) {
  const bool list = parameter.list();
  if (parameter.unit().empty()) {
    return list ? v1::PARAMETER_TYPE_TEXT_LIST : v1::PARAMETER_TYPE_TEXT;
  }
  if (parameter.integer()) {
    return list ? v1::PARAMETER_TYPE_INTEGER_LIST : v1::PARAMETER_TYPE_INTEGER;
  }
  const auto unit = units::parse_unit(parameter.unit());
  if (!list && unit && units::convertible(*unit, units::unit("s"))) {
    return v1::PARAMETER_TYPE_DURATION;
  }
  return list ? v1::PARAMETER_TYPE_QUANTITY_LIST : v1::PARAMETER_TYPE_QUANTITY;
}

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

v1::SequenceParameter present_parameter(const config::v1::Parameter& parameter) {
  v1::SequenceParameter out;
  out.set_name(parameter.name());
  out.set_description(parameter.title());
  out.set_type(type_of(parameter));
  if (const auto unit = units::parse_unit(parameter.unit())) {
    out.set_unit(unit->code());
    if (const auto min = value_in(parameter.min(), *unit)) out.set_min(*min);
    if (const auto max = value_in(parameter.max(), *unit)) out.set_max(*max);
  }
  out.set_default_value(joined(parameter.default_()));
  for (const auto& choice : parameter.choices()) out.add_choices(choice);
  out.set_required(parameter.default_().empty());
  return out;
}

v1::SequenceNeed present_need(const config::v1::Need& need) {
  v1::SequenceNeed out;
  out.set_channel(need.channel());
  const auto unit = units::parse_unit(need.unit());
  out.set_unit(unit ? unit->code() : need.unit());
  if (const auto rate = value_in(need.rate(), units::unit("Hz"))) out.set_rate_hz(*rate);
  out.set_writable(need.write());
  return out;
}

}  // namespace

void put_declarations(const config::v1::Sequence& sequence, v1::Sequence& out) {
  out.set_title(sequence.title());
  out.set_description(sequence.description());
  for (const auto& parameter : sequence.parameters()) {
    *out.add_parameters() = present_parameter(parameter);
  }
  for (const auto& need : sequence.needs()) *out.add_needs() = present_need(need);
}

v1::Sequence present_sequence(const model::Site& site,
                              const store::SequenceRecord& record,
                              bool with_source) {
  v1::Sequence out;
  out.set_name(sequence_name(site.id, record.ref));
  out.set_title(record.title);
  out.set_version(record.ref.version);
  out.set_hash("sha256:" + record.hash);
  if (!record.source.empty()) {
    config::Diagnostics remarks;
    const auto text = config::read_sequence(record.source, record.file, remarks);
    if (text) put_declarations(text->value, out);
  }
  if (with_source) out.set_source_text(record.source);
  for (const int version : record.versions) out.add_versions(version);
  put_time(record.create_time, *out.mutable_create_time());
  if (record.member && !record.ref.owner.empty()) {
    out.set_member(member_name(record.ref.owner, *record.member));
  }
  out.set_etag(etag_of(record.versions.empty() ? record.ref.version : record.versions.back()));
  return out;
}

v1::Dut present_dut(const store::DutRecord& record) {
  const auto& dut = record.dut;
  v1::Dut out;
  out.set_name(dut_name(dut.tenant, dut.id));
  out.set_title(dut.title);
  out.set_kind(dut.kind);
  out.set_maker(dut.maker);
  out.set_model(dut.model);
  out.set_serial(dut.serial);
  for (const auto& rating : dut.ratings) {
    auto& each = *out.add_ratings();
    each.set_quantity(rating.name);
    each.set_value(rating.value);
    each.set_unit(rating.unit.code());
  }
  out.set_mass_kg(dut.mass_kg);
  for (const auto& hazard : dut.hazards) out.add_hazards(hazard);
  put_time(dut.create_time, *out.mutable_create_time());
  put_time(dut.create_time, *out.mutable_update_time());
  out.set_etag(etag_of(dut.revision));
  return out;
}

}  // namespace benchd::site
