/// A provider account of the simulated world: its streams, and what they used in any minute.
///
/// Usage is a function of seed, account, stream and hour. What a caller may see of it also depends
/// on the time: nothing of the future, and of the last `lateHours` a little less than in the end.
struct SimulatedAccount: Sendable {
    /// How many hours after its end an hour may still grow.
    static let lateHoursDefault: Int64 = 30

    let hash: UInt64
    let streams: [UsageStream]
    /// Nothing was used before this time, in seconds.
    let beginning: Int64
    /// Seconds until a call shows in a report at all.
    let reportingDelay: Int64
    let lateHours: Int64
    /// Days since 1970 whose usage the provider has restated since, each with what is left of a thousand.
    var restated: [Int64: Int64] = [:]

    init(
        provider: String, name: String, seed: UInt64, streams: [UsageStream], beginning: Int64,
        reportingDelay: Int64, lateHours: Int64
    ) {
        self.hash = Hash.mix(Hash.mix(seed), Hash.text("\(provider)/\(name)"))
        self.streams = streams
        self.beginning = beginning
        self.reportingDelay = reportingDelay
        self.lateHours = lateHours
    }

    /// What stream `index` used from `start` until `end` as far as it is known at `now`. Both lie
    /// on whole minutes of one UTC day.
    func usage(ofStream index: Int, from start: Int64, until end: Int64, now: Int64)
        -> UsageCounters
    {
        var sum = UsageCounters()
        let known = min(end, now - reportingDelay)
        var hour = CivilTime.snap(max(start, beginning), to: 3600)
        while hour < known {
            let whole = restated(usage(ofStream: index, hour: hour), hour)
            let reported = reportedByNow(whole, index, hour, now)
            // Running totals by the minute: slices of an hour sum to it whatever their width.
            let first = max(0, start - hour) / 60
            let last = min(3600, known - hour) / 60
            if first == 0, last == 60 {
                sum += reported
            } else if last > first {
                sum += reported.map { $0 * last / 60 - $0 * first / 60 }
            }
            hour += 3600
        }
        return sum
    }

    /// The whole of an hour's usage, as it is known in the end.
    func usage(ofStream index: Int, hour: Int64) -> UsageCounters {
        let stream = streams[index]
        let place = Hash.mix(Hash.mix(hash, UInt64(index)), hour)
        let day = hour / CivilTime.secondsPerDay
        let load = stream.rhythm.load(
            day: day, hour: hour / 3600 % 24, chance: Hash.mix(place, UInt64(1)))
        guard load > 0 else { return UsageCounters() }

        let size = Hash.pick(Hash.mix(hash, UInt64(index)), from: 850...1150)
        let companySize = Hash.pick(Hash.mix(hash, UInt64(7001)), from: 850...1250)
        let noise = Hash.pick(Hash.mix(place, UInt64(2)), from: 820...1180)
        var requests = stream.requestsPerHour * load / 1000
        requests = requests * size / 1000 * companySize / 1000 * growth(day) / 1000 * noise / 1000
        requests = max(1, requests)

        let inputNoise = Hash.pick(Hash.mix(place, UInt64(3)), from: 920...1080)
        let outputNoise = Hash.pick(Hash.mix(place, UInt64(4)), from: 900...1100)
        let cacheNoise = Hash.pick(Hash.mix(place, UInt64(5)), from: 900...1080)
        // A few odd tokens, so that no figure is suspiciously round.
        let input =
            requests * stream.inputPerRequest * inputNoise / 1000
            + Int64(Hash.mix(place, UInt64(6)) % 97)
        let cacheRead = input * (stream.cacheReadPerMille * cacheNoise / 1000) / 1000
        let writeShort = input * stream.cacheWriteShortPerMille / 1000
        let writeLong = input * stream.cacheWriteLongPerMille / 1000
        return UsageCounters(
            requests: requests, uncachedInput: input - cacheRead - writeShort - writeLong,
            cacheRead: cacheRead, cacheWriteShort: writeShort, cacheWriteLong: writeLong,
            output: requests * stream.outputPerRequest * outputNoise / 1000
                + Int64(Hash.mix(place, UInt64(7)) % 31),
            webSearches: requests * stream.webSearchPerMille / 1000)
    }

    /// An hour's usage as the provider tells of it since it restated the hour's day.
    private func restated(_ usage: UsageCounters, _ hour: Int64) -> UsageCounters {
        guard let share = restated[hour / CivilTime.secondsPerDay] else { return usage }
        return usage.map { $0 * share / 1000 }
    }

    /// Late data: an hour shows 94 to 99 % of its calls until it is `lateHours` old.
    private func reportedByNow(
        _ usage: UsageCounters, _ index: Int, _ hour: Int64, _ now: Int64
    ) -> UsageCounters {
        guard now - (hour + 3600) < lateHours * 3600 else { return usage }
        let place = Hash.mix(Hash.mix(hash, UInt64(index) &+ 5000), hour)
        let share = Hash.pick(place, from: 940...990)
        return usage.map { $0 * share / 1000 }
    }

    /// Growth in thousandths: a third more within a year, and level before and after it, so that a
    /// clock far from 2026 still gives a plausible company.
    private func growth(_ day: Int64) -> Int64 {
        let first = CivilTime.days(year: 2026, month: 3, day: 1)
        return 1000 + 340 * min(max(day - first, 0), 365) / 365
    }
}
