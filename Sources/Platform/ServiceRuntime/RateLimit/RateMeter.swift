/// Measures how far each of many keys is ahead of its rate: the generic cell rate algorithm, with no
/// clock of its own. Times are nanoseconds of a clock that never runs back; a call may be counted a little
/// after another that came later.
///
/// A key is remembered while it is ahead; one that is not is the same as one never seen. At most
/// `keysMax` are remembered; when that many are and most of them are ahead, all are forgotten, which
/// allows each another burst.
struct RateMeter<Key: Hashable & Sendable>: Sendable {
    /// When the calls counted so far will have taken up their time, by key.
    private var paidUntil: [Key: Int64] = [:]
    private let keysMax: Int

    init(keysMax: Int) {
        self.keysMax = keysMax
    }

    var keyCount: Int { paidUntil.count }

    /// Counts a call of `key` where it keeps to `limit`.
    /// - Returns: how long it must wait before it does; 0 where it was counted.
    mutating func admit(_ key: Key, _ limit: RateLimit, at now: Int64) -> Int64 {
        // One search of the table for both: this is done for every call.
        let wait = Self.take(&paidUntil[key, default: now], limit, at: now)
        if paidUntil.count > keysMax { makeRoom(at: now) }
        return wait
    }

    private static func take(_ paidUntil: inout Int64, _ limit: RateLimit, at now: Int64) -> Int64 {
        let end = max(paidUntil, now) + limit.spacing
        guard end - now <= limit.burst else { return end - now - limit.burst }
        paidUntil = end
        return 0
    }

    /// Takes a call of `key` back that was counted.
    mutating func uncount(_ key: Key, _ limit: RateLimit) {
        paidUntil[key]? -= limit.spacing
    }

    /// Keeps what is ahead; unless that is more than half, so that the effort of looking through
    /// all is shared by as many calls.
    private mutating func makeRoom(at now: Int64) {
        paidUntil = paidUntil.filter { $0.value > now }
        if paidUntil.count > keysMax / 2 { paidUntil.removeAll(keepingCapacity: true) }
    }
}
