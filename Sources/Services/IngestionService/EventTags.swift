import API
import Core
import Domain

/// Reads an event's free tags.
enum EventTags {
    static func read(_ wire: [API.Tag]) throws(ServiceError) -> [DimensionSet.Tag] {
        guard wire.count <= EventLimits.tagsMax else {
            throw ServiceError(
                .invalidArgument, "TAGS_TOO_MANY", field: "tags",
                "An event has at most \(EventLimits.tagsMax) tags.")
        }
        var keys: Set<ExactText> = []
        var tags: [DimensionSet.Tag] = []
        for (index, tag) in wire.enumerated() {
            try EventText.check(
                tag.key, "tags[\(index)].key", bytesMax: EventLimits.tagKeyBytesMax,
                isRequired: true)
            try EventText.check(
                tag.value, "tags[\(index)].value", bytesMax: EventLimits.tagValueBytesMax)
            guard keys.insert(ExactText(tag.key)).inserted else {
                throw ServiceError(
                    .invalidArgument, "DUPLICATE_TAG_KEY", field: "tags[\(index)].key",
                    "Give each key once.")
            }
            tags.append(DimensionSet.Tag(key: tag.key, value: tag.value))
        }
        return tags
    }
}
