// What a script gets from import ... from "dragoman".
import dragoman from "./dragoman.js";

export default dragoman;
export const { Game, CallError, log, call, openData } = dragoman;
export const { get_init_args, client_ready, get_scene_info, send_command, client_reset } = dragoman;
