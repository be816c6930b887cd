#include <algorithm>
#include <memory>

#include <benchd/v1/dut.grpc.pb.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/common.hpp"
#include "cli/names.hpp"
#include "daemon/units/quantity.hpp"
#include "daemon/units/ratings.hpp"
#include "daemon/units/unit.hpp"

namespace benchd::cli {
namespace {

struct RatingFlag {
  std::string flag;      // "--max-voltage"
  std::string quantity;  // "max_voltage"
  std::string help;      // "Highest voltage, in V"
};

// One for each rating that limits can name; "max_power" may be in W or dBm.
std::vector<RatingFlag> rating_flags() {
  std::vector<RatingFlag> flags;
  for (const units::KnownRating& rating : units::kRatings) {
    const std::string quantity(rating.name);
    const std::string unit = units::unit(rating.unit).symbol();
    const auto known = std::ranges::find(flags, quantity, &RatingFlag::quantity);
    if (known != flags.end()) {
      known->help += " or " + unit;
      continue;
    }
    RatingFlag flag{"--" + quantity, quantity, quantity.starts_with("min_") ? "Lowest" : "Highest"};
    std::ranges::replace(flag.flag, '_', '-');
    flag.help += ' ' + quantity.substr(quantity.find('_') + 1) + ", in " + unit;
    flags.push_back(std::move(flag));
  }
  return flags;
}

struct NewDut {
  std::string id, title, kind, maker, model, serial, mass;
  std::vector<std::string> hazards;
  std::vector<RatingFlag> flags = rating_flags();
  std::vector<std::string> ratings = std::vector<std::string>(flags.size());  // a text a flag
  bool dry_run = false;
};

Outcome<bool> fill_rating(v1::Dut& dut, const RatingFlag& flag, const std::string& text) {
  if (text.empty()) return true;
  const auto quantity = units::parse_quantity(text);
  if (!quantity) return fail(to_failure(quantity.error()));
  v1::Rating& rating = *dut.add_ratings();
  rating.set_quantity(flag.quantity);
  rating.set_value(quantity->value);
  rating.set_unit(quantity->unit.code());
  return true;
}

Outcome<v1::Dut> to_dut(const NewDut& wanted) {
  v1::Dut dut;
  dut.set_title(wanted.title);
  dut.set_kind(wanted.kind);
  dut.set_maker(wanted.maker);
  dut.set_model(wanted.model);
  dut.set_serial(wanted.serial);
  for (const std::string& hazard : wanted.hazards) dut.add_hazards(hazard);
  if (!wanted.mass.empty()) {
    const auto mass = units::parse_as(wanted.mass, units::unit("kg"));
    if (!mass) return fail(to_failure(mass.error()));
    dut.set_mass_kg(*mass);
  }
  for (std::size_t i = 0; i < wanted.ratings.size(); ++i) {
    if (auto filled = fill_rating(dut, wanted.flags[i], wanted.ratings[i]); !filled) {
      return fail(filled);
    }
  }
  return dut;
}

std::string ratings_of(const v1::Dut& dut) {
  std::vector<std::string> texts;
  for (const v1::Rating& rating : dut.ratings()) {
    texts.push_back(rating.quantity() + ' ' + show_value(rating.value(), rating.unit()));
  }
  return joined(texts, ", ");
}

Table dut_table(const google::protobuf::RepeatedPtrField<v1::Dut>& duts) {
  Table table;
  table.columns = {{"DUT", "name"},         {"KIND", "kind"},   {"RATINGS", "ratings"},
                   {"SERIAL", "serial"},    {"TITLE", "title"}, {"MAKER", "maker", true},
                   {"MODEL", "model", true}};
  for (const v1::Dut& dut : duts) {
    table.rows.push_back({{id_of(dut.name()), dut.name()},
                          dut.kind(),
                          ratings_of(dut),
                          dut.serial(),
                          dut.title(),
                          dut.maker(),
                          dut.model()});
  }
  return table;
}

Outcome<int> create_dut(Session& session, const NewDut& wanted) {
  auto tenant = tenant_name(session);
  if (!tenant) return fail(tenant);
  auto dut = to_dut(wanted);
  if (!dut) return fail(dut);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::CreateDutRequest request;
  request.set_parent(*tenant);
  request.set_dut_id(wanted.id);
  *request.mutable_dut() = *dut;
  fill_change(request, wanted.dry_run);
  auto response = (*rpc)->call(&v1::DutService::Stub::CreateDut, request);
  if (!response) return fail(response);
  const v1::Dut& made = response->dut();
  if (!session.for_people()) {
    v1::ListDutsResponse one;
    *one.add_duts() = made;
    session.answer({made, dut_table(one.duts()), {made.name()}});
    return kExitOk;
  }
  const std::string ratings = ratings_of(made);
  session.say(std::string(wanted.dry_run ? "Would describe DUT " : "Described DUT ") +
              id_of(made.name()) + (ratings.empty() ? "" : ": " + ratings));
  session.next("benchctl booking create --sequence SEQUENCE --dut " + id_of(made.name()));
  return kExitOk;
}

Outcome<int> list_duts(Session& session) {
  auto tenant = tenant_name(session);
  if (!tenant) return fail(tenant);
  auto rpc = session.rpc();
  if (!rpc) return fail(rpc);
  v1::ListDutsRequest request;
  request.set_parent(*tenant);
  auto all = (*rpc)->list(&v1::DutService::Stub::ListDuts, request);
  if (!all) return fail(all);
  std::vector<std::string> names;
  for (const v1::Dut& dut : all->duts()) names.push_back(dut.name());
  session.answer(
      {*all, dut_table(all->duts()), names, "No DUTs. `benchctl dut create ID` describes one."});
  return kExitOk;
}

}  // namespace

void add_dut_commands(CommandTree& tree) {
  CLI::App* noun = tree.noun("dut", "What is tested: your devices and their ratings");

  auto wanted = std::make_shared<NewDut>();
  CLI::App* create =
      tree.verb(noun, "create", "Describe a device under test",
                "benchctl dut create m35 --kind motor --max-voltage 25.2V --max-current 60A",
                [wanted](Session& session) { return create_dut(session, *wanted); });
  create->add_option("ID", wanted->id, "Its short name: a-z, 0-9 and -")->required();
  create->add_option("--kind", wanted->kind, "Such as motor or battery")->type_name("KIND");
  create->add_option("--title", wanted->title, "What people call it")->type_name("TEXT");
  create->add_option("--maker", wanted->maker, "Who made it")->type_name("TEXT");
  create->add_option("--model", wanted->model, "The maker's model")->type_name("TEXT");
  create->add_option("--serial", wanted->serial, "Serial number")->type_name("TEXT");
  create->add_option("--mass", wanted->mass, "Mass, such as 180g")->type_name("MASS");
  create->add_option("--hazard", wanted->hazards, "What people near it must know; repeatable")
      ->type_name("TEXT")
      ->allow_extra_args(false);
  for (std::size_t i = 0; i < wanted->flags.size(); ++i) {
    create->add_option(wanted->flags[i].flag, wanted->ratings[i], wanted->flags[i].help)
        ->type_name("QUANTITY");
  }
  add_dry_run(create, wanted->dry_run);

  tree.verb(noun, "list", "List your DUTs", "benchctl dut list",
            [](Session& session) { return list_duts(session); });
}

}  // namespace benchd::cli
