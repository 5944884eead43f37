#!/usr/bin/env bash
# Shows that the checks can fail: switches on one deliberate fault of the test build after the other
# and expects the named test to fail. The faults are listed in Sources/Core/Mutant.swift; a release
# build has none of them. Needs TALLY_TEST_DATABASE_URL, or starts a PostgreSQL as the tests do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# fault, and the test that must notice it
mutants() {
    cat <<'LIST'
drop-organization-filter   anotherOrganizationsFiguresNeverShow
skip-dedupe                repeatedEventsCountOnce
acknowledge-before-commit  answersFollowTheCommit
swap-price-class           workedExamples
ignore-idempotency-key     callsAtTheSameTimeTakeEffectOnce
skip-audit-row             everyMutatingMethodSaysWhatItChanged
skip-token-quota           tokensKeepToTheirQuotaOfEvents
keep-people-in-clear       aWorkerSealsWhatConnectionsSayOfPeople
skip-rate-limit            tokensAndOrganizationsKeepToTheirRates
skip-source-address        tokensAreUsedFromTheirNetworksOnly
serve-suspended            suspensionHoldsOnEveryServerWithinASecond
show-all-to-units          nothingIsToldOfOthers
take-derived-as-sent       changedRulesLeaveWhatWasRecorded
stop-without-draining      terminatedServersFailNoCall
save-checkpoint-first      aMonthOfKillsEndsWithTheSimulatorsTruth
drop-retractions           restatementsBecomeCorrections
keep-cancelled-requests    cancelledRequestsLeaveNothingBehind
give-frames-room           framesThatNeverEndLeaveNothingBehind
keep-merged-deltas         rollupsAreTheSumsOfTheirEntries
forget-corrections         entriesAddUpToTheLastChange
count-usage-whole          meteredAddsWhatEventsMiss
take-words-as-they-are     callsCountOnceInWhateverWords
count-calls-twice          callsCountOnceWhoeverTells
read-months-too-early      monthsAreTheSumsOfTheirEntries
forget-tellers             whoToldNextCountsWhereTheFirstIsReversed
ignore-source-ranks        theHighestRankedSourceCountsWhateverTheOrder
keep-outranked             theHighestRankedSourceCountsWhateverTheOrder
leave-reports-unpriced     reportedUsageIsFilledIn
keep-old-prices            eventsCostWhatIsNewest
forget-what-was-known      answersComeBackWhateverIsRecordedSince
forget-readings            everyChangeOfAConnectionIsRemembered
take-free-prices           fallsToNothingAreRefused
LIST
}

declared=$(sed -n 's/^ *case .* = "\(.*\)"$/\1/p' Sources/Core/Mutant.swift | sort)
listed=$(mutants | awk '{print $1}' | sort)
if [ "$declared" != "$listed" ]; then
    echo "error: the faults of Sources/Core/Mutant.swift and of this list differ" >&2
    exit 1
fi

# The program that `swift test` runs, which takes longer to look for it than most of these tests.
tests=("$(swift build --show-bin-path)"/*PackageTests.xctest)
[ "${#tests[@]}" -eq 1 ] && [ -x "${tests[0]}" ] || {
    echo "error: there is not one program of tests: run swift build --build-tests, after removing older ones" >&2
    exit 1
}

# run_tests PATTERN [OPTION...]: its output goes to $output.
run_tests() {
    local pattern=$1
    shift
    "${tests[0]}" --testing-library swift-testing "$@" --filter "$pattern" </dev/null >"$output" 2>&1
}

# Else what fails for another reason would look like a fault noticed.
output=$(mktemp)
run_tests "$(mutants | awk '{print $2}' | paste -sd '|')" --no-parallel || {
    echo "error: without a fault, one of these tests fails:" >&2
    grep -aE '✘' "$output" | head -n 20 >&2
    exit 1
}
rm -f "$output"

survivors=0
while read -r mutant test; do
    output=$(mktemp)
    # The test must have run: a pattern that matches nothing would look like a failure noticed.
    if TALLY_MUTANT=$mutant run_tests "$test"; then
        echo "survived: $mutant was not noticed by $test"
        survivors=$((survivors + 1))
    elif ! grep -qE "Test \"?.*$test.*\"? (recorded an issue|failed)" "$output"; then
        echo "unclear: $test did not run or broke otherwise under $mutant"
        tail -n 15 "$output" | sed 's/^/    | /'
        survivors=$((survivors + 1))
    else
        echo "noticed: $mutant, by $test"
    fi
    rm -f "$output"
done < <(mutants)
[ "$survivors" -eq 0 ]
