import Domain

/// Bounds of what one event may hold, in the units that their names say.
enum EventLimits {
    static let eventsPerCallMax = 10_000
    static let idBytesMax = 200
    static let sourceBytesMax = 100
    static let providerBytesMax = 100
    static let modelBytesMax = 200
    static let textBytesMax = 200
    static let operationBytesMax = 64
    static let quantitiesMax = 32
    /// Of one class: far beyond any call. Roll-ups have room for half a million of the largest.
    static let quantityMax = UsageObject.countMax
    static let usageObjectBytesMax = 16_384
    static let tagsMax = 64
    static let tagKeyBytesMax = 64
    static let tagValueBytesMax = 256
    static let futureSecondsMax: Int64 = 300
    /// Three years: how old an event may be, where the organization keeps usage for so long.
    static let ageSecondsMax: Int64 = 3 * 366 * 86_400
}
