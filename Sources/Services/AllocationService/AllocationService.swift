package import ServiceRuntime

import API

/// Sends spend to business units: rules, and what each unit answers for.
package struct Service: Sendable {
    let spend: AllocatedSpend

    package init(spend: AllocatedSpend) {
        self.spend = spend
    }

    package func register(in registry: inout ServiceRegistry) {
        registry.register(AllocationServiceMethods.SetAllocationRules.self, setAllocationRules)
        registry.register(AllocationServiceMethods.GetAllocationRules.self, getAllocationRules)
        registry.register(AllocationServiceMethods.GetChargebackReport.self, getChargebackReport)
    }
}
