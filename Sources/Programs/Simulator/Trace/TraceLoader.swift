/// Shifts one hour of a real trace over many days, and gives each request what the trace leaves
/// out: a model, a team, tags and an outcome.
///
/// Real are the sizes of prompts and completions, which requests follow each other, and the
/// proportions of the gaps between them within an hour. Assigned from the seed are the day, the
/// hour, the pace, and every name. A day's events depend on the seed and the day only, so a longer
/// span begins with the same events as a shorter one.
struct TraceLoader: Sendable {
    /// Share of the day's requests in each UTC hour: European business hours.
    static let hourWeights: [Int64] = [
        12, 8, 6, 5, 6, 12, 30, 58, 86, 98, 100, 92, 80, 88, 96, 94, 84, 66, 48, 38, 32, 26, 20, 15,
    ]
    /// Thousandths of the mean day, Monday first; they sum to seven mean days.
    static let weekdayPerMille: [Int64] = [1180, 1180, 1180, 1180, 1180, 560, 540]

    let trace: TraceFile
    let seed: UInt64
    let eventsPerDay: Int64

    /// The events of the UTC day that begins at `midnight` (seconds), oldest first, none later than
    /// `now` (seconds).
    func events(ofDay midnight: Int64, now: Int64) -> [TraceEvent] {
        let day = midnight / CivilTime.secondsPerDay
        let place = Hash.mix(Hash.mix(Hash.mix(seed), Hash.text("trace")), day)
        let weekday = Int(CivilTime.weekday(ofDay: day))
        let noise = Hash.pick(Hash.mix(place, UInt64(1)), from: 930...1070)
        let total = eventsPerDay * Self.weekdayPerMille[weekday] / 1000 * noise / 1000
        let weights = Self.hourWeights.reduce(0, +)

        var events: [TraceEvent] = []
        var before: Int64 = 0
        for (hour, weight) in Self.hourWeights.enumerated() {
            // Running totals, so that the hours sum to the day.
            let count = total * (before + weight) / weights - total * before / weights
            before += weight
            let start = (midnight + Int64(hour) * 3600) * 1_000_000
            for arrival in arrivals(
                count: Int(count), from: start, Hash.mix(place, UInt64(hour) + 9))
            {
                let index = events.count
                events.append(
                    TraceEvent(
                        id:
                            "trace-\(seed)-\(Self.compact(midnight))-\(CivilTime.padded(Int64(index), 6))",
                        microseconds: arrival.microseconds, row: arrival.row,
                        chance: Hash.mix(place, UInt64(index) &+ 1_000_000)))
            }
        }
        return events.filter { $0.microseconds <= now * 1_000_000 }
    }

    private struct Arrival {
        var microseconds: Int64
        var row: TraceFile.Row
    }

    /// `count` consecutive requests of the trace, from a place that the seed chooses, with their
    /// gaps stretched (or squeezed) alike so that they fill the hour.
    private func arrivals(count: Int, from start: Int64, _ place: UInt64) -> [Arrival] {
        guard count > 0 else { return [] }
        let first = Int(place % UInt64(trace.rows.count))
        let indexes = (0...count).map { (first + $0) % trace.rows.count }
        let gaps = indexes.map { trace.gap(after: $0) + 1 }
        let span = gaps.reduce(0, +)
        var passed: Int64 = 0
        return zip(indexes, gaps).prefix(count).map { index, gap in
            passed += gap
            let offset = Int64(Int128(passed) * 3_600_000_000 / Int128(span))
            return Arrival(microseconds: start + offset, row: trace.rows[index])
        }
    }

    private static func compact(_ midnight: Int64) -> String {
        CivilTime(seconds: midnight).date.filter { $0 != "-" }
    }
}
