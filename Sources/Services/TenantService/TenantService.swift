// TenantService
