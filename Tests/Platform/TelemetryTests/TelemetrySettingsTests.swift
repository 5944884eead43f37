import Core
import Testing

@testable import Telemetry

@Suite struct TelemetrySettingsTests {
    @Test func defaultsHoldWhereNothingIsSet() throws {
        let settings = try TelemetrySettings { _ in nil }
        #expect(settings.metricsAddress == nil)
        #expect(settings.isAccessLogOn)
        #expect(settings.logBufferByteCountMax == 4_194_304)
    }

    @Test func valuesAreTaken() throws {
        let values = [
            "TALLY_METRICS_LISTEN": "9464", "TALLY_ACCESS_LOG": "off",
            "TALLY_LOG_BUFFER_BYTES": "65536",
        ]
        let settings = try TelemetrySettings { values[$0] }
        #expect(settings.metricsAddress?.port == 9464)
        #expect(!settings.isAccessLogOn)
        #expect(settings.logBufferByteCountMax == 65536)
    }

    @Test(arguments: [
        ("TALLY_METRICS_LISTEN", "everywhere"), ("TALLY_ACCESS_LOG", "yes"),
        ("TALLY_ACCESS_LOG", ""),
        ("TALLY_LOG_BUFFER_BYTES", "65535"), ("TALLY_LOG_BUFFER_BYTES", "1073741825"),
        ("TALLY_LOG_BUFFER_BYTES", "4 MiB"), ("TALLY_LOG_BUFFER_BYTES", ""),
    ])
    func valuesOutOfRangeAreNamed(variable: String, value: String) {
        let error = #expect(throws: ServiceError.self) {
            try TelemetrySettings { $0 == variable ? value : nil }
        }
        #expect(error?.reason == "SETTING_OUT_OF_RANGE")
        #expect(error?.field == variable)
    }
}
