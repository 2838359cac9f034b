-- no_work: what is recorded of work and events, and what is stated of kinds of equipment
truncate work_order, work_order_event, plant_event, code_name, stated_failure_mode cascade
