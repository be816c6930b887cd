#include "cli/commands/booking_setup.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include <benchd/v1/booking.grpc.pb.h>

#include "cli/commands/common.hpp"
#include "cli/commands/switch_words.hpp"
#include "cli/local_time.hpp"
#include "cli/names.hpp"

namespace benchd::cli {
namespace {

// The bench reads its channels, and arming tests its watchdogs.
constexpr Nanoseconds kBenchReads = std::chrono::minutes(1);

struct Setup {
  std::string word;
  std::vector<std::string> answers;  // ITEM=yes
  std::string note;
  bool no_arm = false;
  bool dry_run = false;
};

Outcome<std::map<std::string, bool>> parse_answers(const std::vector<std::string>& words) {
  std::map<std::string, bool> answers;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    const std::string value = equals == std::string::npos ? "yes" : word.substr(equals + 1);
    if (value != "yes" && value != "no" && value != "y" && value != "n") {
      return fail(kExitUsage, "--answer \"" + word + "\" says neither yes nor no",
                  {"write --answer dut-mounted=yes"});
    }
    answers[word.substr(0, equals)] = value.front() == 'y';
  }
  return answers;
}

// Items that the bench reads by itself need no question.
std::string title_of(const v1::SetupItem& item) {
  return item.title().empty() ? item.id() : item.title();
}

std::string item_line(Session& session, SwitchWords& words, const v1::SetupItemResult& result) {
  const v1::SetupItem& item = result.item();
  std::string line = title_of(item);
  const bool is_read = item.kind() != v1::SETUP_ITEM_KIND_QUESTION;
  if (is_read) {
    v1::Reading reading = result.reading();
    if (reading.channel().empty()) reading.set_channel(item.channel());
    line += ": " + words.show(result.bench(), reading);
  }
  line += result.confirmed() ? " ✔" : " ✘";
  if (is_read) line += "read";
  std::vector<std::string> more;
  if (!result.message().empty()) more.push_back(result.message());
  if (result.answered() && !result.member().empty()) {
    more.push_back("answered " + clock_time(to_seconds(result.confirm_time())) + " by " +
                   id_of(result.member()));
  }
  if (!more.empty()) line += " (" + joined(more, "; ") + ')';
  return session.paint(line, result.confirmed() ? Tone::Good : Tone::Bad, Stream::Out);
}

// What has been answered is asked again only by a word that is given for it.
bool is_to_answer(const std::map<std::string, bool>& given, const v1::SetupItemResult& result) {
  if (given.contains(result.item().id())) return true;
  return result.item().kind() != v1::SETUP_ITEM_KIND_READING && !result.confirmed() &&
         !result.answered();
}

// Answers given by flags, by --yes, or at the terminal.
Outcome<bool> answer_item(Session& session,
                          const std::map<std::string, bool>& given,
                          const v1::SetupItemResult& result) {
  const auto found = given.find(result.item().id());
  if (found != given.end()) return found->second;
  return session.confirm(title_of(result.item()),
                         "--answer " + result.item().id() + "=yes answers it; --yes answers all");
}

Outcome<bool> check_answers_known(const std::map<std::string, bool>& given,
                                  const v1::SetupRecord& record) {
  std::vector<std::string> known;
  for (const v1::SetupItemResult& result : record.items()) known.push_back(result.item().id());
  for (const auto& [item, yes] : given) {
    if (std::find(known.begin(), known.end(), item) == known.end()) {
      return fail(unknown_word("setup item", item, known));
    }
  }
  return true;
}

// Given by a flag, or asked for; a dry run asks nobody.
Outcome<bool> add_answers(Session& session,
                          const Setup& setup,
                          const std::map<std::string, bool>& given,
                          const v1::SetupRecord& record,
                          v1::ConfirmSetupRequest& request) {
  for (const v1::SetupItemResult& result : record.items()) {
    if (!is_to_answer(given, result)) continue;
    const bool is_given = session.flags().yes || given.contains(result.item().id());
    if (setup.dry_run && !is_given) continue;
    auto yes = answer_item(session, given, result);
    if (!yes) return fail(yes);
    v1::SetupAnswer& answer = *request.add_answers();
    answer.set_item(result.item().id());
    answer.set_bench(result.bench());
    answer.set_confirmed(*yes);
    answer.set_note(setup.note);
  }
  return true;
}

Outcome<v1::ConfirmSetupResponse> confirm(Session& session, const Setup& setup, Rpc& rpc) {
  auto name = find_booking(session, setup.word);
  if (!name) return fail(name);
  auto given = parse_answers(setup.answers);
  if (!given) return fail(given);
  v1::ConfirmSetupRequest request;
  request.set_name(*name);
  fill_change(request, /*dry_run=*/true);
  auto listed = rpc.call(&v1::BookingService::Stub::ConfirmSetup, request);
  if (!listed) return fail(listed);
  if (auto known = check_answers_known(*given, listed->setup_record()); !known) return fail(known);
  auto answers = add_answers(session, setup, *given, listed->setup_record(), request);
  if (!answers) return fail(answers);
  if (setup.dry_run && request.answers().empty()) return listed;
  fill_change(request, setup.dry_run);
  return rpc.call(&v1::BookingService::Stub::ConfirmSetup, request);
}

Failure incomplete(const v1::SetupRecord& record) {
  Failure failure{kExitRefused, "SETUP_INCOMPLETE", "the setup is not complete", {}, {}};
  for (const std::string& item : record.missing_items()) {
    failure.details.push_back("missing: " + item);
  }
  failure.hints.push_back("mend it at the bench, then `benchctl booking setup " +
                          short_id(record.booking()) + "` again");
  return failure;
}

// What would be asked: nobody has said yes or no, and the bench does not read it by itself.
bool is_open_question(const std::map<std::string, bool>& given, const v1::SetupItemResult& result) {
  return is_to_answer(given, result) && !given.contains(result.item().id());
}

// What keeps the benches from being armed, as far as they tell.
std::vector<std::string> obstacles_of(Session& session, const v1::Booking& booking) {
  std::vector<std::string> obstacles;
  for (const std::string& name : booking.benches()) {
    const auto bench = get_bench(session, name);
    if (!bench) continue;
    const v1::BenchStatus& status = bench->status();
    if (status.state() == v1::BENCH_STATE_QUARANTINED) {
      obstacles.push_back(id_of(name) + " is taken out of use: " + status.message());
    }
    for (const v1::InterlockStatus& interlock : status.interlocks()) {
      if (interlock.closed()) continue;
      obstacles.push_back("interlock " + interlock.id() + " of " + id_of(name) + " is open");
    }
  }
  return obstacles;
}

// The same end as without --dry-run, but that what would be asked counts as a yes.
Outcome<int> say_would_set_up(Session& session,
                              const Setup& setup,
                              const v1::ConfirmSetupResponse& response) {
  const v1::SetupRecord& record = response.setup_record();
  auto given = parse_answers(setup.answers);
  if (!given) return fail(given);
  SwitchWords words(session);
  Failure missing{kExitRefused, "SETUP_INCOMPLETE", "the setup would not be complete", {}, {}};
  bool asks = false;
  for (const v1::SetupItemResult& result : record.items()) {
    if (is_open_question(*given, result)) {
      asks = true;
      session.say("Would ask: " + title_of(result.item()));
    } else {
      session.say(item_line(session, words, result));
      if (!result.confirmed()) missing.details.push_back("missing: " + result.item().id());
    }
  }
  if (!missing.details.empty()) return fail(std::move(missing));
  const std::string benches = ids_of(response.booking().benches());
  if (setup.no_arm) {
    session.say("Would confirm the setup of " + benches + " and not arm it");
    return kExitOk;
  }
  auto obstacles = obstacles_of(session, response.booking());
  if (!obstacles.empty()) {
    return fail(Failure{kExitRefused, "", benches + " would not be armed", obstacles, {}});
  }
  session.say("Would arm " + benches + (asks ? " once that is confirmed" : ""));
  return kExitOk;
}

Outcome<int> arm(Session& session, Rpc& rpc, const std::string& booking) {
  v1::ArmRequest request;
  request.set_name(booking);
  fill_change(request, /*dry_run=*/false);
  auto response = rpc.call(&v1::BookingService::Stub::Arm, request);
  if (!response) return fail(response);
  if (!session.for_people()) {
    session.answer({response->booking(), {}, {booking}});
    return kExitOk;
  }
  session.say("Armed " + clock_time(to_seconds(response->arm_time())));
  session.next("benchctl run start " + short_id(booking));
  return kExitOk;
}

Outcome<int> set_up(Session& session, const Setup& setup) {
  auto rpc = session.rpc(kBenchReads);
  if (!rpc) return fail(rpc);
  auto confirmed = confirm(session, setup, **rpc);
  if (!confirmed) return fail(confirmed);
  const v1::SetupRecord& record = confirmed->setup_record();
  const bool arms = !setup.no_arm && !setup.dry_run;
  if (setup.dry_run && session.for_people()) return say_would_set_up(session, setup, *confirmed);
  if (session.for_people()) {
    SwitchWords words(session);
    for (const v1::SetupItemResult& result : record.items()) {
      session.say(item_line(session, words, result));
    }
  } else if (!arms || !record.complete()) {
    session.answer({record, {}, {record.booking()}});
  }
  if (setup.dry_run) return kExitOk;
  if (!record.complete()) return fail(incomplete(record));
  if (arms) return arm(session, **rpc, confirmed->booking().name());
  session.next("benchctl booking setup " + short_id(record.booking()) + " arms it");
  return kExitOk;
}

}  // namespace

void add_booking_setup(CommandTree& tree, CLI::App* noun) {
  auto setup = std::make_shared<Setup>();
  CLI::App* app = tree.verb(noun, "setup", "Confirm what is mounted and checked, then arm",
                            "benchctl booking setup b-7f3a\n"
                            "benchctl booking setup b-7f3a --answer dut-mounted=yes --no-input",
                            [setup](Session& session) { return set_up(session, *setup); });
  tree.completes(app->add_option("BOOKING", setup->word, "The booking")->required(),
                 Completer::Booking);
  app->add_option("--answer", setup->answers, "Answer a setup item; repeatable")
      ->type_name("ITEM=yes|no")
      ->allow_extra_args(false);
  app->add_option("--note", setup->note, "A note for the setup record")->type_name("TEXT");
  app->add_flag("--no-arm", setup->no_arm, "Confirm only");
  add_dry_run(app, setup->dry_run);
}

}  // namespace benchd::cli
