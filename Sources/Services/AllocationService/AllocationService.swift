// AllocationService
