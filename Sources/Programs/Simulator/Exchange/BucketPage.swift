/// The width of a report's buckets, with both providers' limits for it.
enum BucketWidth: String, Sendable, CaseIterable {
    case minute = "1m"
    case hour = "1h"
    case day = "1d"

    var seconds: Int64 {
        switch self {
        case .minute: 60
        case .hour: 3600
        case .day: CivilTime.secondsPerDay
        }
    }

    var limitDefault: Int64 {
        switch self {
        case .minute: 60
        case .hour: 24
        case .day: 7
        }
    }

    var limitMaximum: Int64 {
        switch self {
        case .minute: 1440
        case .hour: 168
        case .day: 31
        }
    }
}

/// The buckets of one page of a report, and where the next page starts.
struct BucketPage: Equatable, Sendable {
    struct Bucket: Equatable, Sendable {
        var start: Int64
        var end: Int64
    }

    var buckets: [Bucket]
    /// Start of the next page's first bucket; nil at the end.
    var next: Int64?

    /// Buckets from `start` (snapped to UTC) until `end`, never one that begins after `now`.
    init(from start: Int64, until end: Int64, now: Int64, width: BucketWidth, limit: Int64) {
        let step = width.seconds
        let bound = min(end, now)
        var bucket = CivilTime.snap(start, to: step)
        buckets = []
        while bucket < bound, buckets.count < limit {
            buckets.append(Bucket(start: bucket, end: bucket + step))
            bucket += step
        }
        next = bucket < bound ? bucket : nil
    }
}
