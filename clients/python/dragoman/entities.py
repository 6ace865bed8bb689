"""Single entities: they see what this script has changed in this tick. Only while one of its systems runs."""

from .plane import extension

Entity = extension.Entity
batch_update = extension.batch_update
create_entity = extension.create_entity
create_many = extension.create_many
destroy_many = extension.destroy_many
query_entities = extension.query_entities
tick = extension.tick
