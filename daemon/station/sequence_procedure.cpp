#include <utility>

#include "daemon/sequence/check.hpp"
#include "daemon/station/procedure.hpp"

namespace benchd::station {
namespace {

class SequenceProcedure final : public Procedure {
 public:
  explicit SequenceProcedure(sequence::Machine machine) : machine_(std::move(machine)) {}

  [[nodiscard]] sequence::Advance advance(MonotonicTime now,
                                          const sequence::Inputs& inputs) override {
    return machine_.advance(now, inputs);
  }
  [[nodiscard]] int steps_done() const override { return machine_.steps_done(); }
  [[nodiscard]] std::vector<model::Limit> limits() const override { return machine_.limits(); }

 private:
  sequence::Machine machine_;
};

Result<PlannedRun> plan(const LoadSequence& load, const RunRequest& request) {
  const auto sequence = load(request.sequence_source);
  if (!sequence) return fail(sequence.error());
  sequence::CheckContext context;
  context.environment = request.environment;
  context.bench = request.bench;
  context.ratings = request.ratings;
  context.arguments = request.arguments;
  const sequence::CheckReport report = sequence::check(*sequence, context);
  if (const Status status = report.status(); !status) return fail(status.error());
  auto machine = sequence::Machine::create(*sequence, request.arguments, request.environment);
  if (!machine) return fail(machine.error());
  return PlannedRun{std::make_unique<SequenceProcedure>(std::move(*machine)), report.expected,
                    report.step_count};
}

}  // namespace

PlanRun plan_with(LoadSequence load) {
  return [load = std::move(load)](const RunRequest& request) { return plan(load, request); };
}

}  // namespace benchd::station
