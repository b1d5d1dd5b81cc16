"""The pages: one file per page, each handing one frozen value to one template."""
