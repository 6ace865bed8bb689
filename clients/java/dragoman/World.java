package dragoman;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The world's calls. Writes wait in a list until something is read, or until the tick is done. */
public final class World {
    private static List<Object> writes = new ArrayList<>();

    World() {}

    /** An entity of a query, and its components in the order asked for. */
    public static final class Row {
        public final long entity;
        public final List<Map<String, Object>> components = new ArrayList<>();

        Row(List<Object> row) {
            entity = (Long) row.get(0);
            for (Object component : row.subList(1, row.size())) components.add(Json.asObject(component));
        }

        /** The component at this place. */
        public Map<String, Object> get(int place) {
            return components.get(place);
        }
    }

    /** {@code component("Ball", "x: f32", "speed: f32 = 7")} */
    public void component(String name, String... fields) {
        read("component", Json.object("name", name, "fields", fields));
    }

    public long create(Map<String, ?> components) {
        return (Long) read("create", Json.object("components", components));
    }

    public Map<String, Object> get(long entity, String component) {
        return Json.asObject(read("get", Json.object("entity", entity, "component", component)));
    }

    public boolean alive(long entity) {
        return read("alive", Json.object("entity", entity)) == Boolean.TRUE;
    }

    public boolean has(long entity, String component) {
        return read("has", Json.object("entity", entity, "component", component)) == Boolean.TRUE;
    }

    public void destroy(long entity) {
        later("destroy", Json.object("entity", entity));
    }

    public void add(long entity, String component, Map<String, ?> values) {
        later("add", Json.object("entity", entity, "component", component, "values", new LinkedHashMap<>(values)));
    }

    public void remove(long entity, String component) {
        later("remove", Json.object("entity", entity, "component", component));
    }

    public void set(long entity, String component, Map<String, ?> values) {
        later("set", Json.object("entity", entity, "component", component, "values", new LinkedHashMap<>(values)));
    }

    public List<Row> query(String... components) {
        return query(components, null, null);
    }

    /** Also asks for what an entity must have or must not have without showing it. Null: nothing. */
    public List<Row> query(String[] components, String[] with, String[] without) {
        final Map<String, Object> params = Json.object("components", components);
        if (with != null) params.put("with", with);
        if (without != null) params.put("without", without);
        final List<Row> rows = new ArrayList<>();
        for (Object row : Json.asList(read("query", params))) rows.add(new Row(Json.asList(row)));
        return rows;
    }

    /** The single row of a query. */
    public Row one(String component) {
        final List<Row> rows = query(component);
        if (rows.size() != 1) {
            throw new IllegalStateException("one(\"" + component + "\"): there are " + rows.size() + " rows");
        }
        return rows.get(0);
    }

    /** Lists of a method and its params, in one round trip: their values. All happen or none does. */
    public List<Object> batch(List<?> calls) {
        return Json.asList(read("batch", Json.object("calls", calls)));
    }

    /** A call of the world, with the waiting writes in front. */
    static Object read(String method, Object params) {
        if (writes.isEmpty()) return Session.the.call("world." + method, params);
        final List<Object> all = takeWrites();
        final int before = all.size();
        final boolean batch = method.equals("batch");
        if (batch) all.addAll(Json.asList(Json.at(params, "calls")));
        else all.add(Json.list(method, params));
        final List<Object> values = Json.asList(Session.the.call("world.batch", Json.object("calls", all)));
        return batch ? new ArrayList<>(values.subList(before, values.size())) : values.get(before);
    }

    /** The writes that nothing has carried to the broker yet. */
    static List<Object> takeWrites() {
        final List<Object> taken = writes;
        writes = new ArrayList<>();
        return taken;
    }

    private static void later(String method, Object params) {
        writes.add(Json.list(method, params));
    }
}
