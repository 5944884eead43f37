import API
import Core
import Domain
import Foundation

/// An organization as a file describes it: units, rules and budgets.
struct OrganizationDefinition {
    var organization: CreateOrganizationRequest?
    /// Parents before their children.
    var units: [CreateBusinessUnitRequest] = []
    /// Nil where the file says nothing of rules; empty where it says that there are none.
    var rules: [AllocationRule]?
    /// Amounts in the currency that is asked for when they are set.
    var budgets: [(unit: String, monthlyAmount: String)] = []

    /// - Throws: `Failure` where the file cannot be read or is no definition.
    static func load(_ path: String) throws -> OrganizationDefinition {
        try OrganizationDefinition(json: try JSONFile.load(path))
    }

    init(json: JSONValue) throws {
        let root = try DefinitionObject(json, at: "")
        try root.allow(["organization", "units", "rules", "budgets"])
        if let organization = root["organization"] {
            self.organization = try Self.organization(organization)
        }
        units = try Self.parentsFirst(try root.array("units").map(Self.unit))
        if root["rules"] != nil { rules = try RuleDefinition.rules(root.array("rules")) }
        budgets = try root.array("budgets").map { json, path in
            let object = try DefinitionObject(json, at: path)
            try object.allow(["unit", "monthly_amount"])
            return (try object.text("unit"), try object.text("monthly_amount"))
        }
    }

    private static func organization(_ json: JSONValue) throws -> CreateOrganizationRequest {
        let object = try DefinitionObject(json, at: "organization")
        try object.allow([
            "slug", "display_name", "time_zone", "reporting_currency", "owner_email",
            "fiscal_year_start_month", "retention_months", "limits",
        ])
        let limits = try object["limits"].map {
            try DefinitionObject($0, at: object.place("limits"))
        }
        try limits?.allow(["connections_max", "events_per_day_max", "calls_per_second_max"])
        return CreateOrganizationRequest(
            slug: try object.text("slug"), displayName: try object.text("display_name"),
            timeZone: try object.text("time_zone"),
            reportingCurrency: try object.optionalText("reporting_currency"),
            ownerEmail: try object.optionalText("owner_email"),
            fiscalYearStartMonth: try object.optionalNumber("fiscal_year_start_month"),
            retentionMonths: try object.optionalNumber("retention_months"),
            limits: try limits.map {
                PlanLimits(
                    connectionsMax: try $0.optionalNumber("connections_max"),
                    eventsPerDayMax: try $0.optionalNumber("events_per_day_max"),
                    callsPerSecondMax: try $0.optionalNumber("calls_per_second_max"))
            })
    }

    private static func unit(
        _ json: JSONValue, at path: String
    ) throws -> CreateBusinessUnitRequest {
        let object = try DefinitionObject(json, at: path)
        try object.allow([
            "code", "display_name", "parent_code", "owner_email", "kind", "cost_center_code",
            "effective_date",
        ])
        return CreateBusinessUnitRequest(
            code: try object.text("code"), displayName: try object.text("display_name"),
            parentCode: try object.optionalText("parent_code"),
            ownerEmail: try object.optionalText("owner_email"), kind: try kind(object),
            costCenterCode: try object.optionalText("cost_center_code"),
            effectiveDate: try effectiveDate(object))
    }

    private static func kind(_ unit: DefinitionObject) throws -> BusinessUnit.Kind {
        let name = try unit.optionalText("kind")
        guard let kind = UnitKindArgument(rawValue: name.isEmpty ? "other" : name) else {
            throw Failure(
                "This is no kind of unit.", field: unit.place("kind"),
                remedy: "Kinds are \(UnitKindArgument.help)")
        }
        return kind.kind
    }

    private static func effectiveDate(_ unit: DefinitionObject) throws -> API.Date? {
        let text = try unit.optionalText("effective_date")
        guard !text.isEmpty else { return nil }
        guard let day = DayArgument(argument: text) else {
            throw Failure(
                "This is no day.", field: unit.place("effective_date"),
                remedy: "Write it as YYYY-MM-DD.")
        }
        return API.Date(day.date)
    }

    /// The order in which units can be created. A parent that the file does not have exists
    /// already, or the server refuses it.
    static func parentsFirst(
        _ units: [CreateBusinessUnitRequest]
    ) throws -> [CreateBusinessUnitRequest] {
        var waiting = units
        var missing = Set(units.map(\.code))
        guard missing.count == units.count else {
            throw Failure("Two units have the same code.", field: "units")
        }
        var ordered: [CreateBusinessUnitRequest] = []
        while !waiting.isEmpty {
            let ready = waiting.filter { !missing.contains($0.parentCode) }
            guard !ready.isEmpty else {
                let codes = waiting.map(\.code).joined(separator: ", ")
                throw Failure("These units stand above each other: \(codes).", field: "units")
            }
            ordered += ready
            missing.subtract(ready.map(\.code))
            waiting.removeAll { !missing.contains($0.code) }
        }
        return ordered
    }
}

/// Files of JSON that commands read.
enum JSONFile {
    /// - Parameter path: `-` for standard input.
    static func load(_ path: String) throws -> JSONValue {
        let data: Data
        if path == "-" {
            data = FileHandle.standardInput.readDataToEndOfFile()
        } else if let contents = FileManager.default.contents(atPath: path) {
            data = contents
        } else {
            throw Failure("\(path) cannot be read.", remedy: "Check its name and permissions.")
        }
        do {
            return try JSONValue(parsing: data)
        } catch {
            throw Failure("\(path) is not JSON: \(error).")
        }
    }
}
