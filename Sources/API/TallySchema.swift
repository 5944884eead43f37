import CMessages

/// The contract as data: what the reflection service hands out.
public enum TallySchema {
    /// The serialized `google.protobuf.FileDescriptorSet` of every file in `proto/tally/v1`, with
    /// what they import and all comments.
    public static var fileDescriptorSet: [UInt8] {
        [UInt8](
            UnsafeBufferPointer(start: tally_descriptor_set(), count: tally_descriptor_set_size()))
    }
}
