package dragoman

import "fmt"

// Entity names an entity of the world.
type Entity = int64

// Row of a query: the entity, and its components in the order asked for.
type Row struct {
	Entity     Entity
	Components []Object
}

// World is the world's calls. A call that fails panics with a *CallError; Call("world.get", ...) returns it instead.
// Writes wait in a list until something is read, or until the tick is done.
type World struct{}

// Component declares a component: Component("Ball", "x: f32", "speed: f32 = 7").
func (World) Component(name string, fields ...string) {
	if fields == nil {
		fields = []string{}
	}
	world("component", Object{"name": name, "fields": fields}, new(any))
}

// Create makes an entity: Create(Object{"Ball": Object{"x": 1}}).
func (World) Create(components Object) (entity Entity) {
	world("create", Object{"components": components}, &entity)
	return
}

// Get is the component's object.
func (World) Get(entity Entity, component string) (values Object) {
	world("get", Object{"entity": entity, "component": component}, &values)
	return
}

func (World) Alive(entity Entity) (yes bool) {
	world("alive", Object{"entity": entity}, &yes)
	return
}

func (World) Has(entity Entity, component string) (yes bool) {
	world("has", Object{"entity": entity, "component": component}, &yes)
	return
}

func (World) Destroy(entity Entity) {
	writeLater("destroy", Object{"entity": entity})
}

func (World) Add(entity Entity, component string, values Object) {
	writeLater("add", Object{"entity": entity, "component": component, "values": copied(values)})
}

func (World) Remove(entity Entity, component string) {
	writeLater("remove", Object{"entity": entity, "component": component})
}

func (World) Set(entity Entity, component string, values Object) {
	writeLater("set", Object{"entity": entity, "component": component, "values": copied(values)})
}

// Query gives a row for each entity that has all these components.
func (w World) Query(components ...string) []Row {
	return w.QueryWhere(components, nil, nil)
}

// QueryWhere also asks for what an entity must have or must not have without showing it.
func (World) QueryWhere(components, with, without []string) []Row {
	params := Object{"components": components}
	if with != nil {
		params["with"] = with
	}
	if without != nil {
		params["without"] = without
	}
	var values []List
	world("query", params, &values)
	rows := make([]Row, len(values))
	for i, value := range values {
		rows[i].Entity = Entity(Number(value, 0))
		for _, component := range value[1:] {
			object, _ := component.(Object)
			rows[i].Components = append(rows[i].Components, object)
		}
	}
	return rows
}

// One is the single row of a query.
func (w World) One(component string) (Entity, Object) {
	rows := w.Query(component)
	if len(rows) != 1 {
		panic(fmt.Errorf("One(%q): there are %d rows", component, len(rows)))
	}
	return rows[0].Entity, rows[0].Components[0]
}

// Batch makes many calls in one round trip: Batch(List{"get", Object{...}}, ...). All happen or none does.
func (World) Batch(calls ...any) (values List) {
	world("batch", Object{"calls": calls}, &values)
	return
}

func world(method string, params, value any) {
	if err := callInto(value, "world."+method, params); err != nil {
		panic(err)
	}
}

func writeLater(method string, params Object) {
	session.writes = append(session.writes, List{method, params})
}

// The writes that nothing has carried to the broker yet.
func takeWrites() List {
	writes := session.writes
	session.writes = nil
	if writes == nil {
		return List{}
	}
	return writes
}

func copied(values Object) Object {
	same := Object{}
	for name, value := range values {
		same[name] = value
	}
	return same
}
